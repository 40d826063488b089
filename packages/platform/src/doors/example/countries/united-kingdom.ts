import { type Country, cities, kinds, list, pairs } from './country.ts'

/** The United Kingdom. */
export const unitedKingdom: Country = {
  code: 'GB',
  weight: 16,
  language: 'en',
  currency: 'GBP',
  women: list(`
    Susan, Margaret, Sarah, Emma, Karen, Jane, Claire, Julie, Elizabeth, Helen, Rachel, Laura,
    Victoria, Rebecca, Charlotte, Amanda, Patricia, Christine, Alison, Catherine, Hannah, Lucy,
    Amy, Jessica, Olivia, Emily, Sophie, Chloe, Katherine, Anne, Deborah, Joanna, Nicola, Louise,
    Fiona, Gillian, Jennifer, Grace, Isla, Amelia, Eleanor, Siobhán, Zoë, Aisha, Harriet,
    Rosemary, Bethan, Freya, Imogen, Priya
  `),
  men: list(`
    David, John, Andrew, Paul, Michael, James, Stephen, Peter, Robert, Mark, Richard, Christopher,
    Ian, Simon, Matthew, Daniel, William, Thomas, Anthony, Nicholas, Philip, Alan, Martin,
    Jonathan, Benjamin, Samuel, Joseph, Jack, Oliver, Harry, George, Graham, Kevin, Neil, Gareth,
    Edward, Timothy, Alexander, Ryan, Adam, Callum, Liam, Mohammed, Stuart, Duncan, Alistair,
    Rhys, Seán, Hugh, Owen
  `),
  families: list(`
    Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Patel, Robinson, Wright,
    Thompson, Evans, Walker, White, Roberts, Green, Hall, Thomas, Clarke, Jackson, Wood, Harris,
    Edwards, Turner, Martin, Cooper, Hill, Ward, Hughes, Moore, Clark, King, Harrison, Lewis,
    Baker, Lee, Allen, Morris, Khan, Scott, Watson, Davis, Parker, James, Bennett, Young,
    Phillips, Richardson, Mitchell, Bailey, Carter, Cook, Singh, Shaw, Bell, Collins, Morgan,
    Kelly, Begum, Miller, Cox, Hussain, Marshall, Simpson, Price, Anderson, Adams, Wilkinson,
    Foster, Ellis, Murphy, Chapman, Mason, Gray, Richards, Webb, Rogers, Hunt, Mills, Holmes,
    Palmer, Matthews, Gibson, Fisher, Barnes, Knight, Lloyd, Butler, Russell, Barker, Fletcher,
    Stevens, Jenkins, Murray, Dixon, Campbell, O'Connor, Harvey, Graham
  `),
  rareFamilies: [
    list(`
      Ash, Thorn, Hart, Wood, Brad, Harring, Carl, Wel, Stan, Fair, Lang, Pem, Whit, Cold, Hol,
      Marl, Ains, Brank, Strat, Kings, Thistle, Bran
    `),
    list('ford, ton, ley, worth, field, wick, combe, bury, ham, well, more, croft, by, stone'),
  ],
  twoFamilyNames: { share: 0.06, joint: '-' },
  nicknames: pairs(`
    Robert: Rob, William: Will, Richard: Rich, James: Jamie, John: Johnny, Michael: Mick, David:
    Dave, Andrew: Andy, Stephen: Steve, Peter: Pete, Christopher: Chris, Matthew: Matt, Daniel:
    Danny, Thomas: Tom, Anthony: Tony, Nicholas: Nick, Philip: Phil, Jonathan: Jon, Benjamin: Ben,
    Samuel: Sam, Joseph: Joe, Edward: Ted, Timothy: Tim, Alexander: Alex, Susan: Sue, Margaret:
    Maggie, Elizabeth: Beth, Victoria: Vicky, Rebecca: Becky, Charlotte: Lottie, Amanda: Mandy,
    Patricia: Pat, Christine: Chris, Alison: Ali, Catherine: Cath, Jessica: Jess, Olivia: Liv,
    Katherine: Katie, Deborah: Debbie, Joanna: Jo, Nicola: Nicky, Gillian: Gill, Jennifer: Jenny,
    Eleanor: Ellie, Rosemary: Rosie
  `),
  digraphs: new Map(),
  streets: {
    names: list(`
      High, Station, Church, Park, Victoria, Green, Manor, Kings, Queens, New, Grange, London,
      Mill, School, Windsor, Albert, York, Springfield, George, Alexandra, Chapel, Stanley, West,
      North, Richmond, Grove, South, Broad, Mount, Highfield, Meadow, Orchard, Beech, Oak, Elm,
      Castle, Bridge, Abbey, Clarence, Waterloo
    `),
    kinds: kinds('Road:Rd, Street:St, Lane:Ln, Avenue:Ave, Close:Cl, Drive:Dr, Gardens:Gdns'),
    layout: '{number} {name} {kind}',
  },
  cities: cities(`
    London     | SW# #@@  | 20 7#######
    Birmingham | B## #@@  | 121 4######
    Manchester | M## #@@  | 161 8######
    Leeds      | LS# #@@  | 113 2######
    Glasgow    | G## #@@  | 141 3######
    Sheffield  | S## #@@  | 114 2######
    Bristol    | BS# #@@  | 117 9######
    Edinburgh  | EH# #@@  | 131 5######
    Liverpool  | L## #@@  | 151 7######
    Leicester  | LE# #@@  | 116 2######
    Cardiff    | CF## #@@ | 29 20######
    Nottingham | NG# #@@  | 115 9######
    Cambridge  | CB# #@@  | 1223 3#####
    York       | YO## #@@ | 1904 6#####
  `),
  phones: {
    mobiles: list(`
      7400 ######, 7411 ######, 7512 ######, 7533 ######, 7545 ######, 7710 ######, 7725 ######,
      7733 ######, 7748 ######, 7811 ######, 7855 ######, 7860 ######, 7900 ######, 7946 ######,
      7968 ######
    `),
    layouts: list('0@ *, 0@*, +44 @ *, +44@*, 0@ ### *, +44 (0)@ ### *, 0044 @ *, (0@) *'),
  },
  mailDomains: list('postbox.example, inbox.example, letterbox.example, mail.example.org'),
  dealers: {
    words: list(`
      Cycles, Cycle Centre, Bike Works, Bicycles, Cycle Company, Wheelers, Bike Barn, Pedals,
      Cycle Hub, Spokes
    `),
    form: 'Ltd',
  },
}
