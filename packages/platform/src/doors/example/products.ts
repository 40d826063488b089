/** Something the example company sells. Money is in cents, the same figure in every currency. */
export interface Product {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly price: number
  readonly launchedDaysAgo: number
  readonly isActive: boolean
}

// What is bought most comes first.
const catalogue = `
  Inner Tube 28"             | parts       | 7.90
  Chain Oil 100 ml           | care        | 9.90
  Brake Pads Disc            | parts       | 18.90
  Bottle 750 ml              | accessories | 8.50
  Light Set Firefly          | accessories | 39.90
  Tyre Pebble 40             | parts       | 44.90
  Repair Kit                 | accessories | 16.90
  Bell Wren                  | accessories | 14.90
  Chain 11-speed             | parts       | 34.90
  Gloves Summer              | clothing    | 24.90
  Floor Pump                 | accessories | 49.00
  Bottle Cage                | accessories | 17.50
  Mini Pump                  | accessories | 29.90
  Helmet Lark                | clothing    | 89.00
  Cleaner Bio 1 l            | care        | 12.90
  Folding Lock               | accessories | 79.00
  Socks Merino               | clothing    | 18.00
  Grips Cork                 | parts       | 27.90
  Saddle Bag                 | accessories | 34.90
  Inspection                 | service     | 79.00
  Tyre Gravel 45             | parts       | 54.90
  Bib Shorts                 | clothing    | 99.00
  Jersey Dawn                | clothing    | 74.00
  Mudguard Set               | parts       | 45.00
  Cassette 11-34             | parts       | 62.00
  Pedals Flat                | parts       | 39.00
  Rain Jacket                | clothing    | 129.00
  Pannier Pair               | accessories | 119.00
  Chainring 42               | parts       | 36.00
  Bar Tape                   | parts       | 22.90
  Phone Mount                | accessories | 32.00
  Saddle Heath               | parts       | 84.00
  Rear Rack                  | accessories | 59.00
  U-Lock                     | accessories | 64.90
  Gloves Winter              | clothing    | 39.90
  Wheel Truing               | service     | 35.00
  Glasses Clear              | clothing    | 54.00
  Child Seat                 | accessories | 139.00
  City Wren 7                | city        | 749.00
  Helmet Chick               | clothing    | 49.00
  Handlebar Bag              | accessories | 69.00
  E-City Swift               | electric    | 2499.00
  Kids Robin 20              | kids        | 389.00
  Repair Stand               | accessories | 159.00
  Gravel Plover              | gravel      | 1899.00
  Wheelset Alloy             | parts       | 349.00
  City Wren Step-through     | city        | 799.00
  Battery 500 Wh             | electric    | 599.00
  E-Trek Heron               | electric    | 3299.00
  Kids Robin 16              | kids        | 299.00
  Road Kestrel AL            | road        | 1599.00
  Trekking Stork             | trekking    | 1199.00
  Bike Computer              | accessories | 229.00
  Trail Marten               | mountain    | 1499.00
  E-Bike Software Update     | service     | 49.00
  E-Cargo Pelican            | electric    | 5199.00
  Kids Robin 24              | kids        | 449.00
  Gravel Plover Carbon       | gravel      | 3499.00
  Wheelset Carbon            | parts       | 1190.00
  Road Kestrel Carbon        | road        | 4299.00
  E-Trail Badger             | electric    | 4699.00
  Cargo Pelican              | cargo       | 2799.00
  Trailer Nest               | accessories | 649.00
  Road Kestrel Race          | road        | 7499.00
`

/** Everything on the price list, the best sellers first. */
export const products: readonly Product[] = catalogue
  .trim()
  .split('\n')
  .map((line, i) => {
    const [name = '', category = '', price = ''] = line.split('|').map((cell) => cell.trim())
    return {
      sku: `LS-${String(1000 + 37 * i)}`,
      name,
      category,
      price: Math.round(Number(price) * 100),
      launchedDaysAgo: 40 + ((i * 397) % 2200),
      isActive: i % 16 !== 15,
    }
  })

/** Cents as they are written: 7.90. */
export const writeMoney = (cents: number): string => {
  const [whole, rest] = [Math.trunc(cents / 100), cents % 100]
  return `${whole}.${String(rest).padStart(2, '0')}`
}
