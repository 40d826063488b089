/** A country: its codes and names, and how telephone numbers are dialled there. */
export interface Country {
  readonly iso2: string
  readonly iso3: string
  readonly names: readonly string[]
  /** What stands before its numbers when called from abroad, without the plus. */
  readonly callingCode: string
  /** What is dialled before an area code inside the country and never from abroad; often 0. */
  readonly trunk: string
  /** What is dialled inside the country to call another one. */
  readonly exit: string
  /** How many digits a number may have after the calling code. */
  readonly lengths: readonly number[]
}

/** All countries that have telephone numbers, the main one of each calling code marked by the list below. */
export const countries: readonly Country[] = lines().map(([iso2 = '', iso3 = '', ...rest]) => {
  const [callingCode = '', trunk = '', exit = '', lengths = '', ...names] = rest
  return {
    iso2,
    iso3,
    callingCode,
    trunk: trunk === '-' ? '' : trunk,
    exit,
    lengths: lengths.split(',').flatMap(numbersOf),
    names: names.join(' ').split('/').filter(Boolean),
  }
})

/** Calling codes that several countries share, with the one whose habits decide. */
export const mainCountries: Readonly<Record<string, string>> = {
  '1': 'US',
  '7': 'RU',
  '39': 'IT',
  '44': 'GB',
  '47': 'NO',
  '61': 'AU',
  '212': 'MA',
  '262': 'RE',
  '290': 'SH',
  '358': 'FI',
  '590': 'GP',
  '599': 'CW',
}

function numbersOf(range: string): readonly number[] {
  const [from = 0, to = from] = range.split('-').map(Number)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

// Two-letter and three-letter code, calling code, trunk prefix, exit prefix, lengths, English and own names; after the
// numbering plans as libphonenumber keeps them, and ISO 3166.
function lines(): readonly (readonly string[])[] {
  return `
AC - 247 - 00 5-6
AD AND 376 - 00 6,8-9 Andorra
AE ARE 971 0 00 5-12 United Arab Emirates/UAE
AF AFG 93 0 00 9 Afghanistan
AG ATG 1 1 011 10 Antigua and Barbuda
AI AIA 1 1 011 10 Anguilla
AL ALB 355 0 00 6-9 Albania
AM ARM 374 0 00 8 Armenia
AO AGO 244 - 00 9 Angola
AR ARG 54 0 00 10-11 Argentina
AS ASM 1 1 011 10 American Samoa
AT AUT 43 0 00 4-13 Austria/Österreich/Oesterreich
AU AUS 61 0 0011 5-10,12 Australia
AW ABW 297 - 00 7 Aruba
AX ALA 358 0 00 5-12 Åland Islands
AZ AZE 994 0 00 9 Azerbaijan
BA BIH 387 0 00 8-9 Bosnia and Herzegovina
BB BRB 1 1 011 10 Barbados
BD BGD 880 0 00 6-10 Bangladesh
BE BEL 32 0 00 8-9 Belgium/Belgique/België
BF BFA 226 - 00 8 Burkina Faso
BG BGR 359 0 00 6-9,12 Bulgaria
BH BHR 973 - 00 8 Bahrain
BI BDI 257 - 00 8 Burundi
BJ BEN 229 - 00 10 Benin
BL BLM 590 0 00 9 Saint Barthélemy
BM BMU 1 1 011 10 Bermuda
BN BRN 673 - 00 7 Brunei Darussalam
BO BOL 591 0 00 8-9 Bolivia
BQ BES 599 - 00 7 Bonaire, Sint Eustatius and Saba
BR BRA 55 0 00 8-11 Brazil/Brasil
BS BHS 1 1 011 10 Bahamas
BT BTN 975 - 00 7-8 Bhutan
BW BWA 267 - 00 7-8,10 Botswana
BY BLR 375 8 810 6-11 Belarus
BZ BLZ 501 - 00 7,11 Belize
CA CAN 1 1 011 7,10 Canada
CC CCK 61 0 0011 6-10,12 Cocos (Keeling) Islands
CD COD 243 0 00 7-10 Democratic Republic of the Congo/Congo/DR Congo
CF CAF 236 - 00 8 Central African Republic
CG COG 242 - 00 9 Republic of the Congo/Congo
CH CHE 41 0 00 9,12 Switzerland/Schweiz/Suisse/Svizzera
CI CIV 225 - 00 10 Cote d'Ivoire/Ivory Coast
CK COK 682 - 00 5 Cook Islands
CL CHL 56 - 00 9-11 Chile
CM CMR 237 - 00 8-9 Cameroon
CN CHN 86 0 00 7-12 People's Republic of China/China/PRC
CO COL 57 0 00 8,10-11 Colombia
CR CRI 506 - 00 8,10 Costa Rica
CU CUB 53 0 00 6-8,10 Cuba
CV CPV 238 - 00 7 Cape Verde
CW CUW 599 - 00 7-8 Curaçao
CX CXR 61 0 0011 6-10,12 Christmas Island
CY CYP 357 - 00 8 Cyprus
CZ CZE 420 - 00 9-12 Czech Republic/Czechia
DE DEU 49 0 00 4-15 Germany/Deutschland
DJ DJI 253 - 00 8 Djibouti
DK DNK 45 - 00 8 Denmark/Danmark
DM DMA 1 1 011 10 Dominica
DO DOM 1 1 011 10 Dominican Republic
DZ DZA 213 0 00 8-9 Algeria
EC ECU 593 0 00 8-11 Ecuador
EE EST 372 - 00 7-8,10 Estonia
EG EGY 20 0 00 8-10 Egypt
EH ESH 212 0 00 9 Western Sahara
ER ERI 291 0 00 7 Eritrea
ES ESP 34 - 00 9 Spain/España
ET ETH 251 0 00 9 Ethiopia
FI FIN 358 0 00 5-12 Finland/Suomi
FJ FJI 679 - 00 7,11 Fiji
FK FLK 500 - 00 5 Falkland Islands (Malvinas)
FM FSM 691 - 00 7 Micronesia, Federated States of
FO FRO 298 - 00 6 Faroe Islands
FR FRA 33 0 00 9 France
GA GAB 241 - 00 7-8 Gabon
GB GBR 44 0 00 7,9-10 United Kingdom/UK/Great Britain/Britain/England/Scotland/Wales/Northern Ireland
GD GRD 1 1 011 10 Grenada
GE GEO 995 0 00 9 Georgia
GF GUF 594 0 00 9 French Guiana
GG GGY 44 0 00 7,9-10 Guernsey
GH GHA 233 0 00 8-9 Ghana
GI GIB 350 - 00 8 Gibraltar
GL GRL 299 - 00 6 Greenland
GM GMB 220 - 00 7,9 Republic of The Gambia/The Gambia/Gambia
GN GIN 224 - 00 8-9 Guinea
GP GLP 590 0 00 9 Guadeloupe
GQ GNQ 240 - 00 9 Equatorial Guinea
GR GRC 30 - 00 10-12 Greece
GT GTM 502 - 00 8,11 Guatemala
GU GUM 1 1 011 10 Guam
GW GNB 245 - 00 7,9 Guinea-Bissau
GY GUY 592 - 001 7 Guyana
HK HKG 852 - 00 5-9,11 Hong Kong
HN HND 504 - 00 8,11 Honduras
HR HRV 385 0 00 7-9 Croatia
HT HTI 509 - 00 8 Haiti
HU HUN 36 06 00 8-9 Hungary
ID IDN 62 0 00 7-17 Indonesia
IE IRL 353 0 00 7-10 Ireland/Éire
IL ISR 972 0 00 7-12 Israel
IM IMN 44 0 00 10 Isle of Man
IN IND 91 0 00 8-13 India
IO IOT 246 - 00 7 British Indian Ocean Territory
IQ IRQ 964 0 00 8-10 Iraq
IR IRN 98 0 00 4-7,10 Islamic Republic of Iran/Iran
IS ISL 354 - 00 7,9 Iceland
IT ITA 39 - 00 6-12 Italy/Italia
JE JEY 44 0 00 10 Jersey
JM JAM 1 1 011 10 Jamaica
JO JOR 962 0 00 8-9 Jordan
JP JPN 81 0 010 8-17 Japan/Nippon
KE KEN 254 0 00 7-10 Kenya
KG KGZ 996 0 00 9-10 Kyrgyzstan
KH KHM 855 0 00 8-10 Cambodia
KI KIR 686 0 00 5,8 Kiribati
KM COM 269 - 00 7 Comoros
KN KNA 1 1 011 10 Saint Kitts and Nevis
KP PRK 850 0 00 8,10 North Korea
KR KOR 82 0 00 5-6,8-14 South Korea/Korea, Republic of/Republic of Korea/Korea
KW KWT 965 - 00 7-8 Kuwait
KY CYM 1 1 011 10 Cayman Islands
KZ KAZ 7 8 810 10,14 Kazakhstan
LA LAO 856 0 00 8-10 Lao People's Democratic Republic/Laos
LB LBN 961 0 00 7-8 Lebanon
LC LCA 1 1 011 10 Saint Lucia
LI LIE 423 0 00 7,9 Liechtenstein
LK LKA 94 0 00 9 Sri Lanka
LR LBR 231 0 00 7-9 Liberia
LS LSO 266 - 00 8 Lesotho
LT LTU 370 0 00 8 Lithuania
LU LUX 352 - 00 4-11 Luxembourg
LV LVA 371 - 00 8 Latvia
LY LBY 218 0 00 9 Libya
MA MAR 212 0 00 9 Morocco
MC MCO 377 0 00 8-9 Monaco
MD MDA 373 0 00 8 Moldova, Republic of/Moldova
ME MNE 382 0 00 8-9 Montenegro
MF MAF 590 0 00 9 Saint Martin (French part)
MG MDG 261 0 00 9 Madagascar
MH MHL 692 1 011 7 Marshall Islands
MK MKD 389 0 00 8 The Republic of North Macedonia/North Macedonia/Macedonia
ML MLI 223 - 00 8 Mali
MM MMR 95 0 00 6-10 Myanmar/Burma
MN MNG 976 0 001 8-10 Mongolia
MO MAC 853 - 00 7-8 Macao/Macau
MP MNP 1 1 011 10 Northern Mariana Islands
MQ MTQ 596 0 00 9 Martinique
MR MRT 222 - 00 8 Mauritania
MS MSR 1 1 011 10 Montserrat
MT MLT 356 - 00 8 Malta
MU MUS 230 - 00 7-8,10 Mauritius
MV MDV 960 - 00 7,10 Maldives
MW MWI 265 0 00 7,9 Malawi
MX MEX 52 - 00 10 Mexico
MY MYS 60 0 00 8-10 Malaysia
MZ MOZ 258 - 00 8-9 Mozambique
NA NAM 264 0 00 8-9 Namibia
NC NCL 687 - 00 6 New Caledonia
NE NER 227 - 00 8 Niger
NF NFK 672 - 00 6 Norfolk Island
NG NGA 234 0 00 10-14 Nigeria
NI NIC 505 - 00 8 Nicaragua
NL NLD 31 0 00 5-11 Netherlands/The Netherlands/Netherlands (Kingdom of the)/Holland
NO NOR 47 - 00 5,8 Norway/Norge
NP NPL 977 0 00 8,10-11 Nepal
NR NRU 674 - 00 7 Nauru
NU NIU 683 - 00 4,7 Niue
NZ NZL 64 0 00 5-10 New Zealand
OM OMN 968 - 00 7-9 Oman
PA PAN 507 - 00 7-8,10-11 Panama
PE PER 51 0 00 8-9 Peru
PF PYF 689 - 00 6,8-9 French Polynesia
PG PNG 675 - 00 7-8 Papua New Guinea
PH PHL 63 0 00 6,8-13 Philippines
PK PAK 92 0 00 8-12 Pakistan
PL POL 48 - 00 6-10 Poland/Polska
PM SPM 508 0 00 6,9 Saint Pierre and Miquelon
PR PRI 1 1 011 10 Puerto Rico
PS PSE 970 0 00 8-10 State of Palestine/Palestine
PT PRT 351 - 00 9 Portugal
PW PLW 680 - 00 7 Palau
PY PRY 595 0 00 6-11 Paraguay
QA QAT 974 - 00 7-9,11 Qatar
RE REU 262 0 00 9 Reunion
RO ROU 40 0 00 6,9 Romania
RS SRB 381 0 00 6-12 Serbia
RU RUS 7 8 810 10,14 Russian Federation/Russia
RW RWA 250 0 00 8-9 Rwanda
SA SAU 966 0 00 9-10 Saudi Arabia
SB SLB 677 - 00 5,7 Solomon Islands
SC SYC 248 - 010 7 Seychelles
SD SDN 249 0 00 9 Sudan
SE SWE 46 0 00 6-10,12 Sweden/Sverige
SG SGP 65 - 00 8,10-11 Singapore
SH SHN 290 - 00 4-5 Saint Helena
SI SVN 386 0 00 5-8 Slovenia
SJ SJM 47 - 00 5,8 Svalbard and Jan Mayen
SK SVK 421 0 00 6-7,9 Slovakia
SL SLE 232 0 00 8 Sierra Leone
SM SMR 378 - 00 8,10 San Marino
SN SEN 221 - 00 9 Senegal
SO SOM 252 0 00 6-9 Somalia
SR SUR 597 - 00 6-7 Suriname
SS SSD 211 0 00 9 South Sudan
ST STP 239 - 00 7 Sao Tome and Principe
SV SLV 503 - 00 7-8,11 El Salvador
SX SXM 1 1 011 10 Sint Maarten (Dutch part)
SY SYR 963 0 00 8-9 Syrian Arab Republic/Syria
SZ SWZ 268 - 00 8-9 Eswatini/Swaziland
TA - 290 - 00 4
TC TCA 1 1 011 10 Turks and Caicos Islands
TD TCD 235 - 00 8 Chad
TG TGO 228 - 00 8 Togo
TH THA 66 0 00 8-10,13 Thailand
TJ TJK 992 - 810 9 Tajikistan
TK TKL 690 - 00 4-7 Tokelau
TL TLS 670 - 00 7-8 Timor-Leste
TM TKM 993 8 810 8 Turkmenistan
TN TUN 216 - 00 8 Tunisia
TO TON 676 - 00 5,7 Tonga
TR TUR 90 0 00 7,10,12-13 Türkiye/Turkey
TT TTO 1 1 011 10 Trinidad and Tobago
TV TUV 688 - 00 5-7 Tuvalu
TW TWN 886 0 00 7-11 Taiwan, Province of China/Taiwan
TZ TZA 255 0 00 9 United Republic of Tanzania/Tanzania
UA UKR 380 0 00 9-10 Ukraine
UG UGA 256 0 00 9 Uganda
US USA 1 1 011 10 United States of America/United States/America
UY URY 598 0 00 4-13 Uruguay
UZ UZB 998 - 00 9 Uzbekistan
VA VAT 39 - 00 6-12 Holy See (Vatican City State)/Vatican
VC VCT 1 1 011 10 Saint Vincent and the Grenadines
VE VEN 58 0 00 10 Venezuela
VG VGB 1 1 011 10 Virgin Islands, British
VI VIR 1 1 011 10 Virgin Islands, U.S.
VN VNM 84 0 00 7-10 Vietnam
VU VUT 678 - 00 5,7 Vanuatu
WF WLF 681 - 00 6,9 Wallis and Futuna
WS WSM 685 - 00 5-7,10 Samoa
XK XKK 383 0 00 8-12 Kosovo
YE YEM 967 0 00 7-9 Yemen
YT MYT 262 0 00 9 Mayotte
ZA ZAF 27 0 00 5-10 South Africa
ZM ZMB 260 0 00 9 Zambia
ZW ZWE 263 0 00 7,9-10 Zimbabwe
`
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
}
