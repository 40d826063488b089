import { type Country, cities, kinds, list, pairs } from './country.ts'

/** Germany. */
export const germany: Country = {
  code: 'DE',
  weight: 22,
  language: 'de',
  currency: 'EUR',
  women: list(`
    Sabine, Susanne, Petra, Andrea, Monika, Claudia, Julia, Anna, Katharina, Birgit, Martina,
    Stefanie, Nicole, Ursula, Lena, Laura, Gabriele, Heike, Barbara, Lea, Sarah, Sandra, Angelika,
    Karin, Christine, Johanna, Marie, Melanie, Silke, Anja, Tanja, Elisabeth, Kerstin, Renate,
    Franziska, Sophie, Hannah, Jutta, Mareike, Ingrid, Helga, Nadine, Lisa, Charlotte, Alexandra,
    Miriam, Greta, Frieda, Käthe, Jördis
  `),
  men: list(`
    Thomas, Michael, Andreas, Stefan, Peter, Christian, Wolfgang, Klaus, Jürgen, Alexander,
    Markus, Daniel, Frank, Matthias, Martin, Sebastian, Jan, Tobias, Florian, Maximilian, Uwe,
    Bernd, Jörg, Ralf, Philipp, Felix, Lukas, Jonas, Werner, Dieter, Holger, Oliver, Sven,
    Johannes, Paul, Leon, Günter, Karl-Heinz, Helmut, Torsten, Simon, David, Moritz, Benjamin,
    Friedrich, Rüdiger, Götz, Emil, Anton, Björn
  `),
  families: list(`
    Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer,
    Koch, Bauer, Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger,
    Hofmann, Hartmann, Lange, Schmitt, Werner, Schmitz, Krause, Meier, Lehmann, Schmid, Schulze,
    Maier, Köhler, Herrmann, König, Walter, Mayer, Huber, Kaiser, Fuchs, Peters, Lang, Scholz,
    Möller, Weiß, Jung, Hahn, Schubert, Vogel, Friedrich, Keller, Günther, Frank, Berger, Winkler,
    Roth, Beck, Lorenz, Baumann, Franke, Albrecht, Schuster, Simon, Ludwig, Böhm, Winter, Kraus,
    Martin, Schumacher, Krämer, Vogt, Stein, Jäger, Otto, Sommer, Groß, Seidel, Heinrich, Brandt,
    Haas, Schreiber, Graf, Dietrich, Ziegler, Kuhn, Kühn, Pohl, Engel, Horn, Busch, Bergmann,
    Thomas, Voigt, Sauer, Arnold, Wolff, Pfeiffer, Yilmaz
  `),
  rareFamilies: [
    list(`
      Stein, Rosen, Eichen, Birken, Ober, Nieder, Linden, Wald, Brunn, Kirch, Sonnen, Falken,
      Hirsch, Gold, Silber, Acker, Buchen, Hasel, Weiden, Grün, Hohen, Mühl
    `),
    list(`
      berger, bach, feld, hofer, thaler, meier, mann, ried, hauer, moser, eck, auer, ner, lein
    `),
  ],
  twoFamilyNames: { share: 0.05, joint: '-' },
  nicknames: pairs(`
    Susanne: Susi, Katharina: Kathi, Stefanie: Steffi, Elisabeth: Lisa, Alexander: Alex,
    Sebastian: Basti, Maximilian: Max, Tobias: Tobi, Matthias: Matze, Michael: Micha, Andreas:
    Andi, Thomas: Tom, Christian: Chris, Johannes: Hannes, Friedrich: Fritz, Benjamin: Ben,
    Claudia: Claudi, Gabriele: Gabi, Franziska: Franzi, Angelika: Geli, Alexandra: Alex,
    Karl-Heinz: Kalle, Philipp: Phil, Wolfgang: Wolf, Johanna: Hanna, Charlotte: Lotte, Daniel:
    Dani
  `),
  digraphs: pairs('ä: ae, ö: oe, ü: ue, ß: ss, Ä: Ae, Ö: Oe, Ü: Ue'),
  streets: {
    names: list(`
      Haupt, Schul, Garten, Bahnhof, Dorf, Berg, Kirch, Linden, Wald, Ring, Schiller, Goethe,
      Wiesen, Birken, Amsel, Mühlen, Rosen, Feld, Eichen, Buchen, Mozart, Beethoven, Tannen, Jahn,
      Hof, Blumen, Finken, Ahorn, Industrie, Park, See, Burg, Markt, Friedrich, Kastanien, Ulmen,
      Lerchen, Bach, Heide, Sonnen
    `),
    kinds: kinds('straße:str., weg:weg, allee:allee, gasse:g., platz:pl.'),
    layout: '{name}{kind} {number}',
  },
  cities: cities(`
    Berlin            | 10### | 30 4#######
    Hamburg           | 20### | 40 3#######
    München           | 80### | 89 2#######
    Köln              | 50### | 221 9######
    Frankfurt am Main | 60### | 69 2#######
    Stuttgart         | 70### | 711 2######
    Düsseldorf        | 40### | 211 3######
    Leipzig           | 041## | 341 9######
    Dortmund          | 44### | 231 5######
    Essen             | 45### | 201 8######
    Bremen            | 28### | 421 3######
    Dresden           | 01### | 351 4######
    Hannover          | 30### | 511 3######
    Nürnberg          | 90### | 911 2######
    Freiburg          | 79### | 761 3######
    Münster           | 48### | 251 4######
  `),
  phones: {
    mobiles: list(`
      151 ########, 170 #######, 171 #######, 172 #######, 176 ########, 160 #######, 162 #######,
      157 ########, 173 #######, 175 #######, 152 ########, 177 #######, 179 #######
    `),
    layouts: list('0@ *, +49 @ *, 0@*, +49@*, 0@/*, 0@-*, 0049 @ *, +49 (0)@ *'),
  },
  mailDomains: list('postfach.example, briefkasten.example, mailhafen.example, inbox.example'),
  dealers: {
    words: list(`
      Radhaus, Zweirad, Fahrradwelt, Radladen, Bikecenter, Velo, Radsport, Fahrradhof, Radwerk,
      Speiche
    `),
    form: 'GmbH',
  },
}
