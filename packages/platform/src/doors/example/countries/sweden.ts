import { type Country, cities, kinds, list, pairs } from './country.ts'

/** Sweden. */
export const sweden: Country = {
  code: 'SE',
  weight: 5,
  language: 'sv',
  currency: 'EUR',
  women: list(`
    Anna, Eva, Maria, Karin, Kristina, Lena, Sara, Emma, Kerstin, Ingrid, Marie, Malin, Jenny,
    Annika, Hanna, Susanne, Elin, Johanna, Linda, Birgitta, Sofia, Åsa, Camilla, Julia, Ida,
    Anneli, Helena, Ulla, Elisabeth, Frida, Amanda, Märta, Ebba, Alice, Moa, Gunilla, Margareta,
    Cecilia, Linnéa, Ellen, Rut, Saga, Katarina, Agneta, Alexandra
  `),
  men: list(`
    Lars, Mikael, Anders, Johan, Erik, Per, Peter, Karl, Jan, Fredrik, Daniel, Thomas, Andreas,
    Magnus, Hans, Stefan, Alexander, Niklas, Mattias, Oskar, Björn, Henrik, Jonas, Ulf, Gustav,
    Emil, Leif, Nils, Simon, Viktor, Bengt, Patrik, Sven, Håkan, Göran, Filip, Christer, Robert,
    Linus, Kjell, Åke, Elias, Axel, Rasmus, Sebastian
  `),
  families: list(`
    Andersson, Johansson, Karlsson, Nilsson, Eriksson, Larsson, Olsson, Persson, Svensson,
    Gustafsson, Pettersson, Jonsson, Jansson, Hansson, Bengtsson, Jönsson, Lindberg, Jakobsson,
    Magnusson, Olofsson, Lindström, Lindqvist, Lindgren, Berg, Axelsson, Bergström, Lundberg,
    Lind, Lundgren, Mattsson, Berglund, Fredriksson, Sandberg, Henriksson, Forsberg, Sjöberg,
    Wallin, Engström, Danielsson, Håkansson, Eklund, Lundin, Gunnarsson, Björk, Bergman, Holm,
    Samuelsson, Fransson, Wikström, Isaksson, Bergqvist, Arvidsson, Nyström, Holmberg, Löfgren,
    Söderberg, Nyberg, Blomqvist, Claesson, Mårtensson, Nordström, Lundström, Eliasson, Pålsson,
    Björklund, Viklund, Sandström, Lund, Nordin, Ström, Åberg, Ekström, Hermansson, Holmgren,
    Falk, Hellström, Dahlberg, Hedlund, Sundberg, Ek, Sjögren, Blom, Åström, Abrahamsson,
    Martinsson, Öberg, Andreasson, Månsson, Strömberg, Jonasson
  `),
  rareFamilies: [
    list(`
      Hag, Sjö, Ny, Öst, Dal, Fors, Alm, Hed, Gran, Vik, Sol, Ros, Lager, Stål, Hägg, Rönn, Linde,
      Käll
    `),
    list('ström, gren, qvist, lund, berg, blad, dahl, man, stedt, mark, ander, holm, strand, löf'),
  ],
  twoFamilyNames: { share: 0.06, joint: ' ' },
  nicknames: pairs(`
    Mikael: Micke, Anders: Ante, Johan: Jojje, Fredrik: Fredde, Thomas: Tompa, Andreas: Adde,
    Stefan: Steffe, Alexander: Alex, Niklas: Nicke, Mattias: Matte, Oskar: Ogge, Henrik: Henke,
    Jonas: Jonte, Gustav: Gurra, Viktor: Vicke, Patrik: Putte, Robert: Robban, Sebastian: Sebbe,
    Kristina: Stina, Elisabeth: Lisbeth, Birgitta: Gittan, Susanne: Sussi, Margareta: Greta,
    Katarina: Kattis, Alexandra: Alex, Cecilia: Cissi, Johanna: Jossan, Daniel: Danne, Magnus:
    Mange
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      Stor, Kyrko, Skol, Ring, Parks, Björk, Skogs, Ängs, Bergs, Drottning, Kungs, Sjö, Strand,
      Järnvägs, Industri, Äppel, Tall, Gran, Lind, Rosen, Hamn, Kvarn, Väster, Öster, Norra,
      Södra, Trädgårds, Fabriks, Solros, Åker, Brunns, Slotts, Lärk, Ek, Alm, Hassel, Grön, Torg,
      Back, Vinter
    `),
    kinds: kinds('gatan:g., vägen:v., gränd:gr., torget:t., stigen:st.'),
    layout: '{name}{kind} {number}',
  },
  cities: cities(`
    Stockholm   | 11# ## | 8 5######
    Göteborg    | 41# ## | 31 7######
    Malmö       | 21# ## | 40 6######
    Uppsala     | 75# ## | 18 5#####
    Västerås    | 72# ## | 21 3#####
    Örebro      | 70# ## | 19 6#####
    Linköping   | 58# ## | 13 2#####
    Helsingborg | 25# ## | 42 2#####
    Norrköping  | 60# ## | 11 2#####
    Umeå        | 90# ## | 90 7#####
  `),
  phones: {
    mobiles: list('70 N######, 73 N######, 76 N######, 72 N######'),
    layouts: list('0@-*, 0@*, +46 @ *, +46@*, 0@-### ## *, +46 (0)@ *, 0046 @*, 0@ *'),
  },
  mailDomains: list('brevlada.example, postlada.example, inbox.example, posten.example.net'),
  dealers: {
    words: list('Cykel, Cyklar, Cykelhuset, Cykelverkstad, Cykelcenter, Tramp, Hjulet, Cykelsport'),
    form: 'AB',
  },
}
