import { type Country, cities, kinds, list, pairs } from './country.ts'

/** France. */
export const france: Country = {
  code: 'FR',
  weight: 13,
  language: 'fr',
  currency: 'EUR',
  women: list(`
    Marie, Nathalie, Isabelle, Sylvie, Catherine, Françoise, Martine, Christine, Monique, Valérie,
    Sandrine, Véronique, Céline, Sophie, Stéphanie, Anne, Julie, Camille, Aurélie, Émilie, Laura,
    Hélène, Chantal, Léa, Manon, Chloé, Dominique, Patricia, Pauline, Virginie, Élodie, Corinne,
    Brigitte, Caroline, Laurence, Mathilde, Delphine, Florence, Emma, Inès, Charlotte, Anaïs,
    Élisabeth, Claire, Marie-Claude, Noémie, Agnès, Lucie, Jade, Fatima
  `),
  men: list(`
    Jean, Michel, Philippe, Pierre, Alain, Nicolas, Christophe, Patrick, Daniel, Bernard,
    Christian, Frédéric, Laurent, Éric, Julien, Thomas, Stéphane, David, Sébastien, Olivier,
    François, Pascal, Thierry, Alexandre, Antoine, Vincent, Jérôme, Maxime, Kévin, Jacques,
    Guillaume, Hugo, Lucas, Louis, Gérard, Jean-Pierre, Jean-Claude, Benoît, Mathieu, Romain,
    Bruno, Gilles, Rémi, Clément, Adrien, Théo, Benjamin, Mohamed, Cédric, Gaël
  `),
  families: list(`
    Martin, Bernard, Thomas, Petit, Robert, Richard, Durand, Dubois, Moreau, Laurent, Simon,
    Michel, Lefebvre, Leroy, Roux, David, Bertrand, Morel, Fournier, Girard, Bonnet, Dupont,
    Lambert, Fontaine, Rousseau, Vincent, Müller, Lefèvre, Faure, André, Mercier, Blanc, Guérin,
    Boyer, Garnier, Chevalier, François, Legrand, Gauthier, Garcia, Perrin, Robin, Clément, Morin,
    Nicolas, Henry, Roussel, Mathieu, Gautier, Masson, Marchand, Duval, Denis, Dumont, Marie,
    Lemaire, Noël, Meyer, Dufour, Meunier, Brun, Blanchard, Giraud, Joly, Rivière, Lucas, Brunet,
    Gaillard, Barbier, Arnaud, Martinez, Gérard, Roche, Renard, Schmitt, Roy, Leroux, Colin,
    Vidal, Caron, Picard, Roger, Fabre, Aubert, Lemoine, Renaud, Dumas, Lacroix, Olivier,
    Philippe, Bourgeois, Pierre, Benoît, Rey, Leclerc, Payet, Rolland, Leclercq, Guillaume, Le
    Gall
  `),
  rareFamilies: [
    list(`
      Beau, Mont, Bel, Clair, Roche, Grand, Haut, Fon, Val, Champ, Maison, Haute, Bonne, Belle,
      Aigue, Rouge, Vieil, Cour
    `),
    list(`
      fort, lieu, ville, pré, bois, mesnil, croix, rive, feuille, combe, garde, taillis, vigne,
      sart
    `),
  ],
  twoFamilyNames: { share: 0.06, joint: '-' },
  nicknames: pairs(`
    Nathalie: Nath, Catherine: Cathy, Françoise: Fanfan, Christine: Chris, Valérie: Val,
    Véronique: Véro, Stéphanie: Steph, Aurélie: Lili, Philippe: Phil, Nicolas: Nico, Christophe:
    Chris, Frédéric: Fred, Laurent: Lolo, Sébastien: Seb, Alexandre: Alex, Maxime: Max, Guillaume:
    Guigui, Mathieu: Mat, Benjamin: Ben, Patricia: Pat, Caroline: Caro, Virginie: Vivi, Dominique:
    Dom, Vincent: Vince, Jean-Pierre: JP, Jean-Claude: JC, Mathilde: Mathou, Élisabeth: Babeth,
    Daniel: Dany
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      de la République, Victor Hugo, du Général Leclerc, de la Gare, de l'Église, Jean Jaurès, de
      Verdun, Pasteur, des Écoles, du Moulin, de la Mairie, Gambetta, de la Fontaine, de la
      Liberté, du Château, Carnot, de Paris, des Lilas, Jules Ferry, de la Paix, Émile Zola, des
      Roses, du Stade, Saint-Michel, du Lavoir, des Acacias, Voltaire, des Tilleuls, du Marché,
      Molière, de la Forge, du Puits, des Vignes, Lamartine, Jean Moulin, du Bois, de Bretagne,
      des Jardins, Nationale, du Port
    `),
    kinds: kinds('Rue:R., Avenue:Av., Boulevard:Bd, Place:Pl., Chemin:Ch., Impasse:Imp.'),
    layout: '{number} {kind} {name}',
  },
  cities: cities(`
    Paris            | 750## | 1 4#######
    Marseille        | 130## | 4 91######
    Lyon             | 690## | 4 72######
    Toulouse         | 310## | 5 61######
    Nice             | 060## | 4 93######
    Nantes           | 440## | 2 40######
    Montpellier      | 340## | 4 67######
    Strasbourg       | 670## | 3 88######
    Bordeaux         | 330## | 5 56######
    Lille            | 590## | 3 20######
    Rennes           | 350## | 2 99######
    Grenoble         | 380## | 4 76######
    Angers           | 490## | 2 41######
    Saint-Étienne    | 420## | 4 77######
  `),
  phones: {
    mobiles: list(`
      6 1#######, 6 2#######, 6 0#######, 6 6#######, 6 8#######, 6 5#######, 6 7#######, 7
      8#######, 7 6#######
    `),
    layouts: list(`
      0@ ## ## ## ##, 0@*, +33 @ ## ## ## ##, +33@*, 0@.##.##.##.##, 0033 @*,
      +33 (0)@ ## ## ## ##
    `),
  },
  mailDomains: list('courriel.example, boitepostale.example, inbox.example, messagerie.example'),
  dealers: {
    words: list(`
      Cycles, Vélos, Deux Roues, Vélo Atelier, La Roue Libre, Bicyclettes, Vélo Center, Pignon, Le
      Guidon, Station Vélo
    `),
    form: 'SARL',
  },
}
