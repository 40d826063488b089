import { type Country, cities, kinds, list, pairs } from './country.ts'

/** Italy, whose landlines keep their zero abroad. */
export const italy: Country = {
  code: 'IT',
  weight: 8,
  language: 'it',
  currency: 'EUR',
  women: list(`
    Maria, Anna, Giulia, Francesca, Sara, Laura, Chiara, Paola, Valentina, Elena, Giovanna, Rosa,
    Martina, Alessandra, Silvia, Angela, Simona, Roberta, Federica, Elisa, Barbara, Giorgia,
    Sofia, Aurora, Monica, Daniela, Patrizia, Cristina, Lucia, Teresa, Claudia, Alice, Ilaria,
    Stefania, Antonella, Carla, Beatrice, Emma, Ginevra, Michela, Serena, Veronica, Debora, Noemi,
    Loredana
  `),
  men: list(`
    Giuseppe, Marco, Antonio, Andrea, Francesco, Giovanni, Alessandro, Luca, Mario, Roberto,
    Stefano, Luigi, Matteo, Paolo, Davide, Lorenzo, Salvatore, Vincenzo, Angelo, Domenico, Simone,
    Daniele, Leonardo, Riccardo, Federico, Pietro, Fabio, Massimo, Michele, Gabriele, Nicola,
    Giorgio, Emanuele, Claudio, Enrico, Filippo, Carlo, Alberto, Tommaso, Edoardo, Gianluca,
    Maurizio, Raffaele, Nicolò, Giacomo
  `),
  families: list(`
    Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, Ricci, Marino, Greco, Bruno, Gallo,
    Conti, De Luca, Mancini, Costa, Giordano, Rizzo, Lombardi, Moretti, Barbieri, Fontana,
    Santoro, Mariani, Rinaldi, Caruso, Ferrara, Galli, Martini, Leone, Longo, Gentile, Martinelli,
    Vitale, Lombardo, Serra, Coppola, De Santis, D'Angelo, Marchetti, Parisi, Villa, Conte,
    Ferraro, Ferri, Fabbri, Bianco, Marini, Grasso, Valentini, Messina, Sala, De Angelis, Gatti,
    Pellegrini, Palumbo, Sanna, Farina, Rizzi, Monti, Cattaneo, Morelli, Amato, Silvestri, Mazza,
    Testa, Grassi, Pellegrino, Carbone, Giuliani, Benedetti, Barone, Rossetti, Caputo, Montanari,
    Guerra, Palmieri, Bernardi, Martino, Fiore, De Rosa, Ferretti, Bellini, Basile, Riva, Donati,
    Piras, Vitali, Battaglia, Niccolò
  `),
  rareFamilies: [
    list(`
      Bell, Ross, Mart, Gall, Pell, Cast, Mor, Tass, Ver, Zan, Bon, Fior, Cav, Mont, Sart, Brun,
      Fav, Per
    `),
    list('ini, etti, oni, ucci, elli, otti, acci, ello, ardi, inello, azzi, ero, esi, olini'),
  ],
  twoFamilyNames: { share: 0.02, joint: ' ' },
  nicknames: pairs(`
    Giuseppe: Beppe, Francesco: Franco, Giovanni: Gianni, Alessandro: Sandro, Salvatore: Totò,
    Vincenzo: Enzo, Domenico: Mimmo, Leonardo: Leo, Riccardo: Ricky, Federico: Fede, Gabriele:
    Lele, Emanuele: Manu, Tommaso: Tommy, Edoardo: Edo, Raffaele: Lello, Francesca: Franci,
    Valentina: Vale, Giovanna: Gianna, Alessandra: Sandra, Federica: Fede, Antonella: Nella,
    Daniela: Dani, Stefania: Stefy, Beatrice: Bea, Roberto: Robi, Antonio: Tonino, Lorenzo: Renzo
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      Roma, Garibaldi, Mazzini, Dante, Cavour, Verdi, Marconi, Matteotti, della Libertà, Vittorio
      Emanuele, XX Settembre, IV Novembre, Gramsci, Manzoni, Piave, San Giovanni, Leopardi,
      Trento, Europa, Diaz, Trieste, dei Mille, della Stazione, Milano, San Marco, Galilei,
      Petrarca, della Chiesa, Puccini, Torino, Rossini, delle Rose, Carducci, Pascoli, Volta, del
      Mare, della Repubblica, Bellini, dei Pini, Fiume
    `),
    kinds: kinds('Via:V., Viale:V.le, Piazza:P.zza, Corso:C.so, Vicolo:Vic.'),
    layout: '{kind} {name} {number}',
  },
  cities: cities(`
    Roma    | 001## | 06 4#######
    Milano  | 201## | 02 4#######
    Napoli  | 801## | 081 5######
    Torino  | 101## | 011 5######
    Palermo | 901## | 091 6######
    Genova  | 161## | 010 5######
    Bologna | 401## | 051 6######
    Firenze | 501## | 055 4######
    Bari    | 701## | 080 5######
    Verona  | 371## | 045 8######
    Padova  | 351## | 049 8######
    Trieste | 341## | 040 3######
  `),
  phones: {
    mobiles: list('33# #######, 34# #######, 32# #######, 38# #######, 39# #######'),
    layouts: list('@ *, @*, +39 @ *, +39@*, @ ### *, +39 @ ### *, 0039 @ *, @-*'),
  },
  mailDomains: list('postino.example, casella.example, inbox.example, lettere.example'),
  dealers: {
    words: list(`
      Cicli, Biciclette, Bici Officina, Due Ruote, Mondobici, Velo, Ciclofficina, La Pedivella,
      Pedale
    `),
    form: 'S.r.l.',
  },
}
