import { type Country, cities, kinds, list, pairs } from './country.ts'

/** Spain, where most people carry the family names of both parents. */
export const spain: Country = {
  code: 'ES',
  weight: 7,
  language: 'es',
  currency: 'EUR',
  women: list(`
    María, Carmen, Ana, Isabel, Laura, Cristina, Marta, Dolores, Lucía, Pilar, Josefa, Paula,
    Sara, Elena, Raquel, Francisca, Rosa, Teresa, Mercedes, Beatriz, Rocío, Julia, Patricia,
    Silvia, Irene, Andrea, Sandra, Mónica, Nuria, Alba, Montserrat, Claudia, Sofía, Inés, Eva,
    Begoña, Yolanda, Susana, Margarita, Sonia, Alejandra, Verónica, Ángela, Natalia, Lorena
  `),
  men: list(`
    Antonio, Manuel, José, Francisco, David, Juan, Javier, Daniel, Carlos, Jesús, Alejandro,
    Miguel, Rafael, Pedro, Pablo, Ángel, Sergio, Fernando, Jorge, Luis, Alberto, Álvaro, Adrián,
    Diego, Raúl, Iván, Enrique, Rubén, Ramón, Óscar, Vicente, Andrés, Joaquín, Víctor, Santiago,
    Eduardo, Mario, Roberto, Jaime, Marcos, Ignacio, Hugo, Íñigo, Gonzalo, Jordi
  `),
  families: list(`
    García, Rodríguez, González, Fernández, López, Martínez, Sánchez, Pérez, Gómez, Martín,
    Jiménez, Hernández, Ruiz, Díaz, Moreno, Muñoz, Álvarez, Romero, Gutiérrez, Alonso, Navarro,
    Torres, Domínguez, Ramos, Vázquez, Ramírez, Gil, Serrano, Morales, Molina, Blanco, Suárez,
    Castro, Ortega, Delgado, Ortiz, Marín, Rubio, Núñez, Medina, Sanz, Castillo, Iglesias, Cortés,
    Garrido, Santos, Guerrero, Lozano, Cano, Cruz, Méndez, Flores, Prieto, Herrera, Peña, León,
    Márquez, Cabrera, Gallego, Calvo, Vidal, Campos, Reyes, Vega, Fuentes, Carrasco, Aguilar,
    Caballero, Nieto, Santana, Pascual, Herrero, Lorenzo, Montero, Hidalgo, Giménez, Ibáñez,
    Ferrer, Durán, Vicente, Benítez, Mora, Arias, Santiago, Vargas, Carmona, Crespo, Pastor,
    Román, Soto
  `),
  rareFamilies: [
    list(`
      Monte, Villa, Fuente, Casa, Torre, Campo, Valde, Peña, Aldea, Sierra, Prado, Puente, Roca,
      Castro
    `),
    list('alba, verde, mayor, serena, nueva, blanca, rey, llano, rubia, franca, negro, seca, real'),
  ],
  twoFamilyNames: { share: 0.85, joint: ' ' },
  nicknames: pairs(`
    Francisco: Paco, José: Pepe, Manuel: Manolo, Antonio: Toni, Javier: Javi, Alejandro: Álex,
    Jesús: Chus, Rafael: Rafa, Fernando: Fer, Ignacio: Nacho, Dolores: Lola, Mercedes: Merche,
    Isabel: Isa, Cristina: Cris, Josefa: Pepa, Francisca: Paqui, Beatriz: Bea, Montserrat: Montse,
    Santiago: Santi, Eduardo: Edu, Enrique: Quique, Alberto: Berto, Daniel: Dani, Margarita:
    Marga, Teresa: Tere, Alejandra: Ale, Miguel: Míchel, Natalia: Nati
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      Mayor, Real, de la Constitución, Nueva, del Sol, de la Iglesia, San José, de Andalucía,
      Cervantes, del Carmen, Goya, de Madrid, de la Paz, San Juan, Velázquez, de España, del Mar,
      de la Fuente, Colón, de Valencia, Santa María, del Pilar, de la Estación, Ramón y Cajal, del
      Norte, de Sevilla, de los Olivos, Picasso, de Galicia, San Antonio, de la Rosa, del Río,
      Góngora, del Olmo, Murillo, de Toledo, de las Flores, San Miguel, del Parque, de Aragón
    `),
    kinds: kinds('Calle:C/, Avenida:Avda., Plaza:Pza., Paseo:P.º, Camino:Cno.'),
    layout: '{kind} {name}, {number}',
  },
  cities: cities(`
    Madrid     | 280## | 91N ######
    Barcelona  | 080## | 93N ######
    Valencia   | 460## | 963 ######
    Sevilla    | 410## | 954 ######
    Zaragoza   | 500## | 976 2#####
    Málaga     | 290## | 952 2#####
    Murcia     | 300## | 968 2#####
    Palma      | 070## | 971 2#####
    Bilbao     | 480## | 944 2#####
    Alicante   | 030## | 965 2#####
    Valladolid | 470## | 983 2#####
    Granada    | 180## | 958 2#####
  `),
  phones: {
    mobiles: list(`
      61# ######, 62# ######, 63# ######, 64# ######, 65# ######, 66# ######, 67# ######
    `),
    layouts: list('@ *, @*, +34 @ *, +34@*, @ ## ## ##, +34 @ ## ## ##, 0034 @*, @-*'),
  },
  mailDomains: list('correo.example, buzon.example, inbox.example, cartero.example'),
  dealers: {
    words: list(`
      Bicicletas, Ciclos, Bici Taller, Mundo Bici, Rueda Libre, Bikes, Ciclismo, El Pedal, Dos
      Ruedas
    `),
    form: 'S.L.',
  },
}
