import { type Country, cities, kinds, list, pairs } from './country.ts'

/** The United States. */
export const unitedStates: Country = {
  code: 'US',
  weight: 20,
  language: 'en',
  currency: 'USD',
  women: list(`
    Mary, Patricia, Jennifer, Linda, Elizabeth, Barbara, Susan, Jessica, Sarah, Karen, Lisa,
    Nancy, Margaret, Sandra, Ashley, Kimberly, Emily, Donna, Michelle, Carol, Amanda, Melissa,
    Deborah, Stephanie, Rebecca, Sharon, Laura, Cynthia, Dorothy, Amy, Kathleen, Angela, Shirley,
    Emma, Brenda, Pamela, Nicole, Anna, Samantha, Katherine, Christine, Helen, Olivia, Maria,
    Catherine, Victoria, Sophia, Isabella, Abigail, Alexandra, Guadalupe, Mei, Priya, Aaliyah
  `),
  men: list(`
    James, Robert, John, Michael, David, William, Richard, Joseph, Thomas, Christopher, Charles,
    Daniel, Matthew, Anthony, Mark, Steven, Paul, Andrew, Joshua, Kenneth, Kevin, Brian, Timothy,
    Ronald, George, Jason, Edward, Jeffrey, Ryan, Jacob, Nicholas, Gary, Eric, Jonathan, Stephen,
    Larry, Justin, Scott, Brandon, Benjamin, Samuel, Gregory, Alexander, Patrick, Jack, Dennis,
    José, Juan, Carlos, Tyler, Darnell, Wei, Raj, Ethan
  `),
  families: list(`
    Smith, Johnson, Williams, Brown, Jones, Garcia, Miller, Davis, Rodriguez, Martinez, Hernandez,
    Lopez, Gonzalez, Wilson, Anderson, Thomas, Taylor, Moore, Jackson, Martin, Lee, Perez,
    Thompson, White, Harris, Sanchez, Clark, Ramirez, Lewis, Robinson, Walker, Young, Allen, King,
    Wright, Scott, Torres, Nguyen, Hill, Flores, Green, Adams, Nelson, Baker, Hall, Rivera,
    Campbell, Mitchell, Carter, Roberts, Gomez, Phillips, Evans, Turner, Diaz, Parker, Cruz,
    Edwards, Collins, Reyes, Stewart, Morris, Morales, Murphy, Cook, Rogers, Gutierrez, Ortiz,
    Morgan, Cooper, Peterson, Bailey, Reed, Kelly, Howard, Ramos, Kim, Cox, Ward, Richardson,
    Watson, Brooks, Chavez, Wood, James, Bennett, Gray, Mendoza, Ruiz, Hughes, Price, Alvarez,
    Castillo, Sanders, Patel, Myers, Long, Ross, Foster, Jimenez, Powell, Chen, O'Brien, Núñez
  `),
  rareFamilies: [
    list(`
      Ash, Thorn, Hart, Wood, Brad, Harring, Carl, Wel, Stan, Fair, Lang, Pem, Whit, Cold, Hol,
      Marl, Ains, Black, Strat, Kings, Gold, Rosen
    `),
    list('ford, ton, ley, worth, field, wick, berg, bury, ham, well, more, croft, son, stone'),
  ],
  twoFamilyNames: { share: 0.03, joint: '-' },
  nicknames: pairs(`
    Robert: Bob, William: Bill, Richard: Dick, James: Jim, John: Jack, Michael: Mike, Joseph: Joe,
    Thomas: Tom, Christopher: Chris, Charles: Chuck, Daniel: Dan, Matthew: Matt, Anthony: Tony,
    Steven: Steve, Andrew: Drew, Joshua: Josh, Kenneth: Ken, Timothy: Tim, Ronald: Ron, Edward:
    Ed, Jeffrey: Jeff, Jacob: Jake, Nicholas: Nick, Jonathan: Jon, Benjamin: Ben, Samuel: Sam,
    Gregory: Greg, Alexander: Alex, Patrick: Pat, Patricia: Patty, Jennifer: Jen, Elizabeth: Liz,
    Barbara: Barb, Susan: Sue, Jessica: Jess, Margaret: Peggy, Kimberly: Kim, Deborah: Deb,
    Rebecca: Becky, Cynthia: Cindy, Dorothy: Dot, Kathleen: Kathy, Pamela: Pam, Samantha: Sam,
    Katherine: Kate, Christine: Chris, Catherine: Cathy, Victoria: Vicky, Abigail: Abby,
    Alexandra: Alex, Stephanie: Steph, Amanda: Mandy
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      Main, Oak, Pine, Maple, Cedar, Elm, Washington, Lake, Hill, Walnut, Spring, North, Ridge,
      Church, Willow, Mill, Sunset, Railroad, Jackson, Cherry, West, South, Center, Highland,
      Johnson, Forest, Jefferson, Hickory, Wilson, River, Meadow, Valley, Chestnut, Madison,
      Lincoln, Dogwood, Franklin, Park, Birch, Holly
    `),
    kinds: kinds('Street:St, Avenue:Ave, Road:Rd, Drive:Dr, Lane:Ln, Court:Ct, Boulevard:Blvd'),
    layout: '{number} {name} {kind}',
  },
  cities: cities(`
    New York      | 100## | 212 N######
    Los Angeles   | 900## | 213 N######
    Chicago       | 606## | 312 N######
    Houston       | 770## | 713 N######
    Phoenix       | 850## | 602 N######
    Philadelphia  | 191## | 215 N######
    San Antonio   | 782## | 210 N######
    San Diego     | 921## | 619 N######
    Dallas        | 752## | 214 N######
    Austin        | 787## | 512 N######
    Seattle       | 981## | 206 N######
    Denver        | 802## | 303 N######
    Boston        | 021## | 617 N######
    Portland      | 972## | 503 N######
    Minneapolis   | 554## | 612 N######
    Atlanta       | 303## | 404 N######
  `),
  phones: {
    mobiles: [],
    layouts: list(`
      (@) ###-####, @-###-####, +1@*, +1 @ ### ####, @*, @.###.####, 1-@-###-####,
      +1 (@) ###-####
    `),
  },
  mailDomains: list('inbox.example, postbox.example, mail.example.com, quickmail.example'),
  dealers: {
    words: list(`
      Cycles, Bike Shop, Bicycle Co., Bikes & Boards, Cyclery, Wheelworks, Pedal Supply, Spoke
      House, Outfitters, Velo
    `),
    form: 'Inc.',
  },
}
