import { as, call, column, type Part, type Step, sql, value } from '#engine'
import { spelled } from './fuzzy.ts'

/** First names with what people make of them. A name may stand in several lines. */
const families = `
abigail abby gail
albert al bert
alexander alex alec sandy sasha xander alejandro
alexandra alex sandra sandy sasha
alfred al fred freddy
alistair alasdair alastair al
amanda mandy
andreas andi andy
andrew andy drew
angela angie
anthony tony
antonio toni tonio
arthur art
barbara barb babs bärbel
benjamin ben benny benji
bernard bernie bernd
brigitte gitte
caroline carol carrie caro
catherine cathy cate kate katie
charles charlie chuck
charlotte charlie lotte lottie
christian chris
christina chris tina
christine chris tina
christopher chris kit topher
concepción concha conchita
cornelia conny
cynthia cindy
daniel dan danny dani
david dave davey
deborah debbie deb
dominic dom nick
donald don donny
dorothy dot dolly dottie
edward ed eddie ted ned
eleanor ellie nell nora
elisabeth elli elsa else lisa lisbeth liesl sissi betti
elizabeth beth betsy betty eliza liz lizzie liza libby lisa
emmanuel manuel manu
eugene gene
ferdinand ferdi
frances fran frannie
francis frank
francisco paco pancho kiko
françois franck
frederick fred freddie
friedrich fritz fred
gabriele gabi
gabriel gabe
gerald gerry jerry
gerhard gerd
gregory greg
guillermo memo
günther günter
harold harry hal
heinrich heinz heiner
helena lena
henry hank harry hal
isabella bella isa
jacob jake
jacqueline jackie
james jim jimmy jamie
jean-baptiste jb
jeffrey jeff
jennifer jen jenny jennie
jeremy jerry
jessica jess jessie
jesús chucho chuy
joachim achim jochen
johannes hans hannes johann jan
john jack johnny jon
jonathan jon jonny
joseph joe joey
josef sepp
josé pepe
joshua josh
judith judy
katharina kathi käthe kati katrin
katherine kate kathy katie kat
kenneth ken kenny
klaus claus nikolaus
lawrence larry
leonard leo len lenny
ludwig lutz
magdalena magda lena leni
manfred manni
margaret maggie meg peggy marge greta
margarete grete gretel margit
maria mia mitzi
martin marty
matthew matt
matthias matze hias
maximilian max maxi
michael mike mick mickey mikey michi micha
mildred millie
nathaniel nat nate
nicholas nick nicky nicolas
oliver olli ollie
pamela pam
patricia pat patty tricia trish
patrick pat paddy
peter pete
philip phil pip
raymond ray
rebecca becky becca
richard rick dick richie rich ricky
robert bob bobby rob robbie bert
ronald ron ronnie
rudolf rudi rolf
samantha sam
samuel sam sammy
sebastian basti seb
sophia sophie sofie
stefan steffen steff
stephanie steph steffi
stephen steve stevie steven
steven steve stevie
susan sue susie suzy susanne
theodore ted teddy theo
theresa terry tess tessa
thomas tom tommy
timothy tim timmy
tobias tobi
ulrich uli ulli
ursula uschi ulla
veronica vroni ronnie
victoria vicky tori
vincent vince vinny
walter walt wally
wilhelm willi willy
william bill billy will willy liam
wolfgang wolf
zachary zach zack
александр саша шура алекс
александра саша шура
алексей лёша алёша
анастасия настя
анна аня нюра
борис боря
владимир володя вова
дмитрий дима митя
евгений женя
евгения женя
екатерина катя
елена лена
иван ваня
мария маша
михаил миша
наталья наташа
николай коля
ольга оля
павел паша
пётр петя
сергей серёжа
татьяна таня
юрий юра`

const pairs = [
  ...new Set(
    families
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .flatMap((names) =>
        names.flatMap((a) => names.filter((b) => b !== a).map((b) => `${a} ${b}`)),
      ),
  ),
]

const half = (n: number): Part =>
  spelled.first_name(call('split_part', sql`pair`, value(' '), value(n)))

/** First names that mean the same person, spelled like the values they are compared with: `a`, `b`, both ways round. */
export const shortNameStep: Step = {
  name: 'short_name',
  says: 'first names that mean the same person',
  query: sql`select distinct ${as(half(1), column('a'))}, ${as(half(2), column('b'))}
    from (select ${call('unnest', call('split', value(pairs.join('\n')), value('\n')))} as pair) p`,
}
