/** What a fresh installation knows of the world: countries, Ecuador (provinces with the codes of INEC), Colombia (departments and municipalities
 *  with the codes of DANE's Divipola), industries. Names are the official ones, in Spanish. Populations and places on the map are left to whoever
 *  manages the catalogues: they age. */

/** ISO 3166-1 alpha-2, Spanish, English. */
export const countries: readonly (readonly [iso2: string, name: string, nameEn: string])[] = [
  ['AR', 'Argentina', 'Argentina'],
  ['BO', 'Bolivia', 'Bolivia'],
  ['BR', 'Brasil', 'Brazil'],
  ['CL', 'Chile', 'Chile'],
  ['CO', 'Colombia', 'Colombia'],
  ['CR', 'Costa Rica', 'Costa Rica'],
  ['CU', 'Cuba', 'Cuba'],
  ['DO', 'República Dominicana', 'Dominican Republic'],
  ['EC', 'Ecuador', 'Ecuador'],
  ['ES', 'España', 'Spain'],
  ['GT', 'Guatemala', 'Guatemala'],
  ['HN', 'Honduras', 'Honduras'],
  ['MX', 'México', 'Mexico'],
  ['NI', 'Nicaragua', 'Nicaragua'],
  ['PA', 'Panamá', 'Panama'],
  ['PE', 'Perú', 'Peru'],
  ['PR', 'Puerto Rico', 'Puerto Rico'],
  ['PY', 'Paraguay', 'Paraguay'],
  ['SV', 'El Salvador', 'El Salvador'],
  ['US', 'Estados Unidos', 'United States'],
  ['UY', 'Uruguay', 'Uruguay'],
  ['VE', 'Venezuela', 'Venezuela'],
]

/** Country, code, name, colour on a map. */
export const regions: readonly (readonly [country: string, code: string, name: string, color: string])[] = [
  ['EC', 'COS', 'Costa', '#eab308'],
  ['EC', 'SIE', 'Sierra', '#16a34a'],
  ['EC', 'AMA', 'Amazonía', '#0f766e'],
  ['EC', 'INS', 'Insular', '#0284c7'],
]

/** Cities of a province: the first is its capital. Those with a code write it before the name. */
type Province = readonly [code: string, name: string, region: string | null, cities: string]

const ecuador: readonly Province[] = [
  ['01', 'Azuay', 'SIE', 'Cuenca, Gualaceo, Paute, Santa Isabel'],
  ['02', 'Bolívar', 'SIE', 'Guaranda, San Miguel'],
  ['03', 'Cañar', 'SIE', 'Azogues, La Troncal, Cañar'],
  ['04', 'Carchi', 'SIE', 'Tulcán, San Gabriel'],
  ['05', 'Cotopaxi', 'SIE', 'Latacunga, La Maná, Pujilí, San Miguel de Salcedo'],
  ['06', 'Chimborazo', 'SIE', 'Riobamba, Alausí, Guano'],
  ['07', 'El Oro', 'COS', 'Machala, Huaquillas, Pasaje, Piñas, Santa Rosa, Zaruma'],
  ['08', 'Esmeraldas', 'COS', 'Esmeraldas, Atacames, Rosa Zárate, San Lorenzo'],
  ['09', 'Guayas', 'COS', 'Guayaquil, Balzar, Daule, Durán, El Triunfo, General Villamil, Milagro, Naranjal, Samborondón, Velasco Ibarra'],
  ['10', 'Imbabura', 'SIE', 'Ibarra, Atuntaqui, Cotacachi, Otavalo'],
  ['11', 'Loja', 'SIE', 'Loja, Cariamanga, Catamayo, Macará'],
  ['12', 'Los Ríos', 'COS', 'Babahoyo, Quevedo, San Jacinto de Buena Fe, Ventanas, Vinces'],
  ['13', 'Manabí', 'COS', 'Portoviejo, Bahía de Caráquez, Chone, El Carmen, Jipijapa, Manta, Montecristi, Pedernales'],
  ['14', 'Morona Santiago', 'AMA', 'Macas, Gualaquiza, Sucúa'],
  ['15', 'Napo', 'AMA', 'Tena, Archidona'],
  ['16', 'Pastaza', 'AMA', 'Puyo, Mera'],
  ['17', 'Pichincha', 'SIE', 'Quito, Cayambe, Machachi, Sangolquí, Tabacundo'],
  ['18', 'Tungurahua', 'SIE', 'Ambato, Baños de Agua Santa, Pelileo, Píllaro'],
  ['19', 'Zamora Chinchipe', 'AMA', 'Zamora, Yantzaza'],
  ['20', 'Galápagos', 'INS', 'Puerto Baquerizo Moreno, Puerto Ayora, Puerto Villamil'],
  ['21', 'Sucumbíos', 'AMA', 'Nueva Loja, Shushufindi'],
  ['22', 'Orellana', 'AMA', 'Puerto Francisco de Orellana, La Joya de los Sachas'],
  ['23', 'Santo Domingo de los Tsáchilas', 'COS', 'Santo Domingo, La Concordia'],
  ['24', 'Santa Elena', 'COS', 'Santa Elena, La Libertad, Salinas'],
]

const colombia: readonly Province[] = [
  [
    '05',
    'Antioquia',
    null,
    '05001 Medellín, 05045 Apartadó, 05088 Bello, 05129 Caldas, 05154 Caucasia, 05212 Copacabana, 05266 Envigado, 05308 Girardota, 05360 Itagüí, 05376 La Ceja, 05380 La Estrella, 05440 Marinilla, 05615 Rionegro, 05631 Sabaneta, 05837 Turbo',
  ],
  [
    '08',
    'Atlántico',
    null,
    '08001 Barranquilla, 08078 Baranoa, 08296 Galapa, 08433 Malambo, 08573 Puerto Colombia, 08638 Sabanalarga, 08758 Soledad',
  ],
  ['11', 'Bogotá, D.C.', null, '11001 Bogotá, D.C.'],
  ['13', 'Bolívar', null, '13001 Cartagena de Indias, 13052 Arjona, 13244 El Carmen de Bolívar, 13430 Magangué, 13836 Turbaco'],
  ['15', 'Boyacá', null, '15001 Tunja, 15176 Chiquinquirá, 15238 Duitama, 15516 Paipa, 15572 Puerto Boyacá, 15759 Sogamoso'],
  ['17', 'Caldas', null, '17001 Manizales, 17174 Chinchiná, 17380 La Dorada, 17614 Riosucio, 17873 Villamaría'],
  ['18', 'Caquetá', null, '18001 Florencia, 18753 San Vicente del Caguán'],
  ['19', 'Cauca', null, '19001 Popayán, 19573 Puerto Tejada, 19698 Santander de Quilichao'],
  ['20', 'Cesar', null, '20001 Valledupar, 20011 Aguachica, 20013 Agustín Codazzi, 20060 Bosconia'],
  ['23', 'Córdoba', null, '23001 Montería, 23162 Cereté, 23417 Lorica, 23466 Montelíbano, 23555 Planeta Rica, 23660 Sahagún'],
  [
    '25',
    'Cundinamarca',
    null,
    '11001 Bogotá, D.C., 25126 Cajicá, 25175 Chía, 25214 Cota, 25269 Facatativá, 25286 Funza, 25290 Fusagasugá, 25307 Girardot, 25430 Madrid, 25473 Mosquera, 25754 Soacha, 25817 Tocancipá, 25899 Zipaquirá',
  ],
  ['27', 'Chocó', null, '27001 Quibdó, 27361 Istmina'],
  ['41', 'Huila', null, '41001 Neiva, 41298 Garzón, 41396 La Plata, 41551 Pitalito'],
  ['44', 'La Guajira', null, '44001 Riohacha, 44430 Maicao, 44847 Uribia'],
  ['47', 'Magdalena', null, '47001 Santa Marta, 47189 Ciénaga, 47245 El Banco, 47288 Fundación'],
  ['50', 'Meta', null, '50001 Villavicencio, 50006 Acacías, 50313 Granada, 50568 Puerto Gaitán'],
  ['52', 'Nariño', null, '52001 Pasto, 52356 Ipiales, 52835 San Andrés de Tumaco, 52838 Túquerres'],
  ['54', 'Norte de Santander', null, '54001 San José de Cúcuta, 54405 Los Patios, 54498 Ocaña, 54518 Pamplona, 54874 Villa del Rosario'],
  ['63', 'Quindío', null, '63001 Armenia, 63130 Calarcá, 63401 La Tebaida, 63470 Montenegro, 63594 Quimbaya'],
  ['66', 'Risaralda', null, '66001 Pereira, 66170 Dosquebradas, 66400 La Virginia, 66682 Santa Rosa de Cabal'],
  ['68', 'Santander', null, '68001 Bucaramanga, 68081 Barrancabermeja, 68276 Floridablanca, 68307 Girón, 68547 Piedecuesta, 68679 San Gil'],
  ['70', 'Sucre', null, '70001 Sincelejo, 70215 Corozal, 70708 San Marcos'],
  ['73', 'Tolima', null, '73001 Ibagué, 73168 Chaparral, 73268 Espinal, 73349 Honda, 73449 Melgar'],
  [
    '76',
    'Valle del Cauca',
    null,
    '76001 Cali, 76109 Buenaventura, 76111 Guadalajara de Buga, 76130 Candelaria, 76147 Cartago, 76248 El Cerrito, 76364 Jamundí, 76520 Palmira, 76834 Tuluá, 76892 Yumbo',
  ],
  ['81', 'Arauca', null, '81001 Arauca, 81736 Saravena, 81794 Tame'],
  ['85', 'Casanare', null, '85001 Yopal, 85010 Aguazul, 85440 Villanueva'],
  ['86', 'Putumayo', null, '86001 Mocoa, 86320 Orito, 86568 Puerto Asís'],
  ['88', 'Archipiélago de San Andrés, Providencia y Santa Catalina', null, '88001 San Andrés, 88564 Providencia'],
  ['91', 'Amazonas', null, '91001 Leticia, 91540 Puerto Nariño'],
  ['94', 'Guainía', null, '94001 Inírida'],
  ['95', 'Guaviare', null, '95001 San José del Guaviare'],
  ['97', 'Vaupés', null, '97001 Mitú'],
  ['99', 'Vichada', null, '99001 Puerto Carreño'],
]

export type SeedProvince = {
  readonly country: string
  readonly code: string
  readonly name: string
  readonly region: string | null
  readonly capital: string
  readonly cities: readonly { readonly code: string | null; readonly name: string; readonly isCapital: boolean }[]
}

const provincesOf = (country: string, rows: readonly Province[]): SeedProvince[] =>
  rows.map(([code, name, region, text]) => {
    const cities = text.split(/, (?=\d|(?!D\.C\.))/).map((part, index) => {
      const [, cityCode = null, cityName = part] = /^(\d{5}) (.+)$/.exec(part) ?? []
      return { code: cityCode, name: cityName, isCapital: index === 0 }
    })
    // The capital of Cundinamarca lies in the district of its own: it is named there, not listed here.
    const own = cities.filter((city) => country !== 'CO' || city.code?.startsWith(code))
    return { country, code, name, region, capital: cities[0]?.name ?? '', cities: own }
  })

export const provinces: readonly SeedProvince[] = [...provincesOf('EC', ecuador), ...provincesOf('CO', colombia)]

export type SeedIndustry = { readonly slug: string; readonly name: string; readonly nameEn: string; readonly parent: string | null }

/** Groups with their branches; a branch is `slug | Spanish | English`. */
const industryGroups: readonly (readonly [group: string, branches: readonly string[]])[] = [
  [
    'alimentos-bebidas | Alimentos y bebidas | Food and beverages',
    [
      'lacteos | Lácteos | Dairy',
      'carnicos | Cárnicos y embutidos | Meat products',
      'pesca-procesada | Pescados y mariscos procesados | Processed fish and seafood',
      'panificacion | Panificación y galletería | Bakery',
      'confiteria-cacao | Confitería y cacao | Confectionery and cocoa',
      'cafe | Café | Coffee',
      'bebidas | Bebidas | Beverages',
      'aceites-grasas | Aceites y grasas | Oils and fats',
      'molineria | Molinería y balanceados | Milling and animal feed',
      'conservas | Conservas de frutas y verduras | Preserved fruit and vegetables',
    ],
  ],
  [
    'textil-confeccion | Textil y confección | Textiles and clothing',
    ['textiles | Textiles | Textiles', 'confeccion | Confección | Clothing', 'cuero-calzado | Cuero y calzado | Leather and footwear'],
  ],
  [
    'madera-papel | Madera, papel e impresión | Wood, paper and printing',
    [
      'madera-muebles | Madera y muebles | Wood and furniture',
      'papel-carton | Papel y cartón | Paper and board',
      'impresion-empaques | Impresión y empaques | Printing and packaging',
    ],
  ],
  [
    'quimica-plasticos | Química y plásticos | Chemicals and plastics',
    [
      'plasticos-caucho | Plásticos y caucho | Plastics and rubber',
      'farmaceutica | Farmacéutica | Pharmaceuticals',
      'cosmetica-aseo | Cosmética y aseo | Cosmetics and cleaning',
      'pinturas | Pinturas y recubrimientos | Paints and coatings',
      'agroquimicos | Agroquímicos y fertilizantes | Agrochemicals and fertilisers',
    ],
  ],
  [
    'minerales | Minerales no metálicos | Non-metallic minerals',
    ['cemento-concreto | Cemento y concreto | Cement and concrete', 'ceramica-vidrio | Cerámica y vidrio | Ceramics and glass'],
  ],
  [
    'metal-maquinaria | Metal y maquinaria | Metal and machinery',
    [
      'metalurgia | Metalurgia | Metallurgy',
      'metalmecanica | Metalmecánica | Metalworking',
      'maquinaria | Maquinaria y equipo | Machinery and equipment',
      'automotriz | Automotriz y autopartes | Automotive',
      'electrica-electronica | Eléctrica y electrónica | Electrical and electronics',
    ],
  ],
  [
    'otras-actividades | Otras actividades | Other activities',
    [
      'agroindustria | Agroindustria | Agribusiness',
      'mineria | Minería | Mining',
      'energia-agua | Energía y agua | Energy and water',
      'construccion | Construcción | Construction',
      'reciclaje | Reciclaje | Recycling',
      'logistica | Logística y almacenamiento | Logistics and storage',
      'comercio | Comercio | Trade',
      'servicios | Servicios | Services',
    ],
  ],
]

const industryOf = (text: string, parent: string | null): SeedIndustry => {
  const [slug = '', name = '', nameEn = ''] = text.split(' | ')
  return { slug, name, nameEn, parent }
}

/** A group stands before its branches. */
export const industries: readonly SeedIndustry[] = industryGroups.flatMap(([group, branches]) => {
  const own = industryOf(group, null)
  return [own, ...branches.map((branch) => industryOf(branch, own.slug))]
})
