import { type Country, cities, kinds, list, pairs } from './country.ts'

/** The Netherlands. */
export const netherlands: Country = {
  code: 'NL',
  weight: 9,
  language: 'nl',
  currency: 'EUR',
  women: list(`
    Maria, Johanna, Anna, Elisabeth, Cornelia, Hendrika, Sanne, Lisa, Emma, Linda, Anouk, Marieke,
    Esther, Monique, Petra, Femke, Iris, Lotte, Eva, Julia, Sophie, Fleur, Ingrid, Wilhelmina,
    Margaretha, Annemarie, Nienke, Roos, Tess, Noa, Saskia, Marloes, Karin, Mirjam, Daniëlle,
    Renée, Laura, Kim, Naomi, Carolina, Jacqueline, Zoë, Fenna, Merel, Fatima
  `),
  men: list(`
    Johannes, Jan, Cornelis, Hendrik, Willem, Pieter, Gerrit, Peter, Thomas, Daan, Bas, Tim, Sem,
    Lars, Jeroen, Mark, Dennis, Martijn, Rob, Erik, Michiel, Sander, Jasper, Ruben, Lucas, Niels,
    Wouter, Bram, Joost, Maarten, Frank, Marcel, Robert, Theodorus, Antonius, Jacobus, Bart, Koen,
    Thijs, Stefan, René, André, Floris, Mohamed, Joël
  `),
  families: list(`
    de Jong, Jansen, de Vries, van den Berg, van Dijk, Bakker, Janssen, Visser, Smit, Meijer, de
    Boer, Mulder, de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit,
    Dijkstra, Smits, de Graaf, van der Meer, van der Linden, Kok, Jacobs, de Haan, Vermeulen, van
    den Heuvel, van der Veen, van den Broek, de Bruijn, de Bruin, van der Heijden, Schouten, van
    Beek, Willems, van Vliet, van de Ven, Hoekstra, Maas, Verhoeven, Koster, van Dam, van der Wal,
    Prins, Blom, Huisman, Peeters, de Jonge, Kuipers, van Veen, Post, Kuiper, Veenstra, Kramer,
    van den Brink, Scholten, van Wijk, Postma, Martens, Vink, de Ruiter, Timmermans, Groen,
    Gerritsen, Jonker, van Loon, Boer, van der Velde, Willemsen, Smeets, de Lange, de Vos, van
    Dongen, Schipper, de Koning, van der Laan, Koning, van Doorn, Driessen, Hermans, van den
    Bosch, Molenaar, van Schaik, Mol, Bosch, Evers
  `),
  rareFamilies: [
    list(`
      Groot, Klein, Oost, West, Noord, Zuid, Hoog, Laag, Rooden, Witten, Zand, Steen, Water,
      Nieuwen, Olden, Berken
    `),
    list('huis, berg, veld, hoek, broek, dijk, hout, kamp, man, stra, horst, laar, meer, wijk'),
  ],
  twoFamilyNames: { share: 0.1, joint: '-' },
  nicknames: pairs(`
    Johannes: Hans, Cornelis: Kees, Hendrik: Henk, Willem: Wim, Pieter: Piet, Gerrit: Ger,
    Theodorus: Theo, Antonius: Ton, Jacobus: Koos, Maria: Marijke, Johanna: Hanneke, Elisabeth:
    Els, Cornelia: Corrie, Hendrika: Riek, Wilhelmina: Willy, Margaretha: Greet, Annemarie: Anne,
    Robert: Rob, Martijn: Tijn, Thomas: Tom, Michiel: Chiel, Jacqueline: Jacq, Maarten: Maart,
    Carolina: Lien, Daniëlle: Daan, Marieke: Riek, Jasper: Jas
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      Kerk, School, Molen, Dorps, Nieuw, Beatrix, Wilhelmina, Juliana, Eiken, Linden, Berken,
      Haven, Stations, Markt, Park, Raadhuis, Oranje, Prins, Tulpen, Rozen, Vondel, Rembrandt,
      Hof, Meidoorn, Beuken, Kastanje, Wilgen, Zand, Berg, Veld, Water, Brug, Ring, Zee, Zonne,
      Anjer, Merel, Vliet, Singel, Heide
    `),
    kinds: kinds('straat:str., weg:weg, laan:ln., plein:pln., kade:kade, hof:hof'),
    layout: '{name}{kind} {number}',
  },
  cities: cities(`
    Amsterdam        | 10## @@ | 20 6######
    Rotterdam        | 30## @@ | 10 4######
    Den Haag         | 25## @@ | 70 3######
    Utrecht          | 35## @@ | 30 2######
    Eindhoven        | 56## @@ | 40 2######
    Groningen        | 97## @@ | 50 3######
    Tilburg          | 50## @@ | 13 5######
    Almere           | 13## @@ | 36 5######
    Breda            | 48## @@ | 76 5######
    Nijmegen         | 65## @@ | 24 3######
    Haarlem          | 20## @@ | 23 5######
    's-Hertogenbosch | 52## @@ | 73 6######
  `),
  phones: {
    mobiles: list('6 1#######, 6 2#######, 6 3#######, 6 4#######, 6 5#######'),
    layouts: list('0@-*, 0@*, +31 @ *, +31@*, 0@ *, +31 (0)@ *, 0031 @*, 0@ ## ## *'),
  },
  mailDomains: list('postbus.example, brievenbus.example, inbox.example, mailpunt.example'),
  dealers: {
    words: list(`
      Fietsen, Tweewielers, Fietshuis, Rijwielen, Fietsplaza, Bikes, Fietswinkel, Wielersport,
      Fietspunt
    `),
    form: 'B.V.',
  },
}
