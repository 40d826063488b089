/** Short forms of first names, in several languages: the full name, then what people call them. A name may stand in several lines. */
const families = `
abigail abby gail
albert al bert albrecht
alexander alex alec sandy sascha xander sasha alejandro
alexandra alex sandra sandy sascha sasha
alfred al fred freddy
alistair alasdair alastair al
amanda mandy
andreas andi andy
andrew andy drew
angela angie
angelika geli angie
anneliese anni liesl
anthony tony
anton toni
antonia toni
antonio toni tonio
arthur art
barbara barb babs babsi bärbel
bartholomew bart
benedikt bene
benjamin ben benny benni benji
bernard bernie bernd
bernhard bernd
birgit biggi
brigitte gitte biggi
caroline carol carrie caro
catherine cathy cate kate katie
charles charlie chuck
charlotte charlie lotte lottie
christian chris
christina chris tina christel
christine chris tina christel
christoph chris
christopher chris kit topher
claudia claudi
concepción concha conchita
cornelia conny nele
cynthia cindy
daniel dan danny dani
daniela dani
david dave davey
deborah debbie deb
dietrich dieter dirk
dominic dom nick
dominik dom nik
donald don donny
dorothea dora doro thea
dorothy dot dolly dottie
eduard edi
edward ed eddie ted ned
eleanor ellie nell nora
elisabeth elli elsa else ilse lisa lisbeth liesl sissi betti
elizabeth beth betsy betty eliza liz lizzie liza libby lisa
emanuel manuel manu
emmanuel manuel manu
erika rika
eugene gene
eva evi
ferdinand ferdi nando
florian flo
frances fran frannie
francis frank
francisco paco pancho kiko
franz franzl
franziska franzi
françois franck
frederick fred freddie
friederike rike
friedrich fritz fred
gabriel gabe
gabriele gabi
georg schorsch jörg
gerald gerry jerry
gerhard gerd
gertrud trudi gerti
gregory greg
guillermo memo
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
jacqueline jackie
jakob jascha
james jim jimmy jamie
janet jan
jean-baptiste jb
jeffrey jeff
jennifer jen jenny jennie
jeremy jerry
jessica jess jessie
jesús chucho chuy
joachim achim jochen
johanna hanna hanni jo
johannes hans hannes johann jan
john jack johnny jon
jonathan jon jonny
josef sepp beppo jupp
josefine fine josi
joseph joe joey
joshua josh
josé pepe
judith judy
julia jule
jürgen jörg
karl karli
karoline line caro karo
katharina kathi käthe kati katrin
katherine kate kathy katie kat
kenneth ken kenny
klaus claus nikolaus
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
nicholas nick nicky nicolas
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
raymond ray
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
stephanie steph steffi
stephen steve stevie steven
steven steve stevie
susan sue susie suzy susanne
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
veronica vroni ronnie
veronika vroni
victoria vicky tori
vincent vince vinny
vinzenz zenz
walter walt wally
wilhelm willi willy
wilhelmine minna mina
william bill billy will willy liam
wolfgang wolf wolfi
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
