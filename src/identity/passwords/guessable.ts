/** Passwords that are a word anybody tries first, dressed up: `Andon2026!`, `P@ssw0rd-1`. Pure. */

/** Words of this product and of the places that use it. `admin` and `viewer` are not here: the documented passwords of the demo are made of them. */
export const contextWords: ReadonlySet<string> = new Set(
  `andon oee dashboard tablero produccion production fabrica factory planta plant linea line turno shift paro parada stop camara camera empresa company
   operador operator supervisor gerente manager vendedor seller contador accountant usuario user administrador administrator sistema system sensor maquina
   machine calidad quality mantenimiento maintenance`.split(/\s+/),
)

/** Words of public breach statistics, in both languages, with names, places, seasons and rows of keys. */
const commonWords: ReadonlySet<string> = new Set(
  `password passwd passw pass contrasena contrasenia clave secret secreto qwerty qwertyuiop qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qwe asd zxc abc
   abcd abcde abcdef abcdefg abcdefgh aaa iloveyou teamo tequiero amor love lovely princess princesa princesita sunshine welcome bienvenido bienvenida bienvenidos
   hola hello holamundo helloworld letmein monkey dragon football futbol baseball basketball soccer superman batman spiderman pokemon naruto master shadow
   michael jordan trustno changeme cambiame temporal temp prueba test testing tester root toor guest invitado demo login access acceso internet computer
   computadora server servidor google facebook samsung apple microsoft windows linux android iphone starwars charlie daniel daniela david andrea carlos juan
   maria jose luis jorge pedro pablo miguel angel angela angelito alejandro alejandra fernando fernanda gabriel gabriela ricardo roberto eduardo sebastian
   santiago valentina valeria camila sofia isabella lucia laura paola patricia monica claudia sandra carolina natalia jessica jennifer ashley amanda nicole
   thomas robert william joshua matthew anthony andrew justin killer hunter harley ranger buster tigger ginger summer winter spring autumn fall verano invierno
   primavera otono enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre january february march april june july august
   september october november december lunes martes miercoles jueves viernes sabado domingo monday tuesday wednesday thursday friday saturday sunday argentina
   mexico colombia ecuador peru chile bolivia uruguay paraguay venezuela brasil espana america barcelona madrid bogota lima quito guayaquil medellin riverplate
   river boca bocajuniors chivas millonarios nacional emelec alianza real realmadrid estrella mariposa chocolate mamita mama papa familia jesus jesucristo dios
   bendicion corazon bonita hermosa preciosa guapo flor flores perro gato cookie pepper silver golden diamond orange purple flower butterfly freedom liberty
   whatever nothing secretaria negocio business trabajo work office oficina money dinero home casa`.split(/\s+/),
)

const leet: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }

/** The word inside: without accents, without what stands around it, read through the usual replacements; each way in which it may be meant. */
function wordsIn(password: string): readonly string[] {
  const plain = password.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
  const bare = plain.replace(/^[^a-z]+|[^a-z]+$/g, '')
  // `p@ssw0rd1`: what stands inside is read as letters, what stands around it may be either.
  const read = (text: string): string => text.replace(/[01345@$!7]/g, (sign) => leet[sign] ?? '').replace(/[^a-z]/g, '')
  return [bare.replace(/[^a-z]/g, ''), read(bare), read(plain)]
}

/** Whether nothing but such a word holds the password together. */
export const isGuessable = (password: string): boolean => wordsIn(password).some((word) => commonWords.has(word) || contextWords.has(word))
