/** Short forms of first names, in English and German: the full name, then what people call them. A name may stand in several lines. */
const families = `
abigail abby gail
albert al bert albrecht
alexander alex alec sandy sascha xander
alexandra alex sandra sandy sascha
alfred al fred freddy
amanda mandy
andreas andi andy
andrew andy drew
angela angie
angelika geli angie
anneliese anni liesl
anthony tony
anton toni
antonia toni
arthur art
barbara barb babs babsi bärbel
bartholomew bart
benedikt bene
benjamin ben benny benni
bernhard bernd
bernard bernie
birgit biggi
brigitte gitte biggi
caroline carol carrie caro
catherine cathy cate kate katie
charles charlie chuck
christian chris
christina chris tina christel
christine chris tina christel
christopher chris kit topher
christoph chris
claudia claudi
cornelia conny nele
cynthia cindy
daniel dan danny dani
daniela dani
david dave davey
deborah debbie deb
dietrich dieter dirk
dominik dom nik
donald don donny
dorothea dora doro thea
dorothy dot dolly dottie
edward ed eddie ted ned
eduard edi
eleanor ellie nell nora
elisabeth elli elsa else ilse lisa lisbeth liesl sissi betti
elizabeth beth betsy betty eliza liz lizzie liza libby lisa
emanuel manuel manu
erika rika
eugene gene
eva evi
ferdinand ferdi nando
florian flo
frances fran frannie
francis frank
franziska franzi
franz franzl
frederick fred freddie
friederike rike
friedrich fritz fred
gabriele gabi
georg schorsch jörg
gerald gerry jerry
gerhard gerd
gertrud trudi gerti
gregory greg
günther günter
hannelore hanne lore
harald harry
harold harry hal
heinrich heinz heiner hein
helena lena
helene lene leni
henry hank harry hal
hildegard hilde
ignatius iggy nacho
ingeborg inge
irmgard irmi
isabella bella isa
jacob jake
jakob jascha
jacqueline jackie
james jim jimmy jamie
janet jan
jeffrey jeff
jennifer jen jenny jennie
jeremy jerry
jessica jess jessie
joachim achim jochen
johanna hanna hanni jo
johannes hans hannes johann jan
john jack johnny jon
jonathan jon jonny
joseph joe joey
josef sepp beppo jupp
josefine fine josi
joshua josh
judith judy
julia jule
jürgen jörg
karl karli
karoline line caro karo
katharina kathi käthe kati katrin
katherine kate kathy katie kat
kenneth ken kenny
klaus claus
konrad kurt
lawrence larry
leonard leo len lenny
leonhard leo
ludwig lutz wiggerl
magdalena magda lena leni
manfred manni
margaret maggie meg peggy marge greta
margarete grete gretel margit gitta
maria mia mitzi ria
marianne nanni
martin marty
martina tina
matthew matt
matthias matze hias
max maxi
maximilian max maxi
melanie mel
michael mike mick mickey mikey michi micha
michaela michi ela
mildred millie
monika moni
nathaniel nat nate
nicholas nick nicky
nikolaus klaus niko nikolas
oliver olli ollie
oskar ossi
pamela pam
patricia pat patty tricia trish
patrick pat paddy
peter pete
petra pet
philip phil pip
philipp phil
rebecca becky becca
reinhard reini
renate nate reni
richard rick dick richie rich ricky
robert bob bobby rob robbie bert
roland rolli
ronald ron ronnie
rosemarie rosi
rudolf rudi rolf
ruprecht rupert
samantha sam
samuel sam sammy
sebastian basti seb wastl
sophia sophie sofie
stefan steffen steff
stefanie steffi
stephanie steph
stephen steve stevie
steven steve stevie
susan sue susie suzy
susanne susi sanne
theodor theo
theodore ted teddy theo
theresa terry tess tessa
therese resi thesi
thomas tom tommy
timothy tim timmy
tobias tobi
ulrich uli ulli utz
ulrike uli ulli rike
ursula uschi ursel ulla
valentin vali
veronika vroni
victoria vicky tori
vincent vince vinny
vinzenz zenz
walter walt wally
wilhelm willi willy
wilhelmine minna mina
william bill billy will willy liam
wolfgang wolf wolfi
zachary zach zack`

/** Pairs of first names that mean the same person, each in both directions, as `a b` with a blank between. */
export const nicknamePairs: readonly string[] = [
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
