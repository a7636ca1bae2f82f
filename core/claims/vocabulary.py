"""Hand-made lists of captioners' words: what WordNet keeps apart, or lacks. Used by `lexicon.py` only."""

# Words that captioners use for one thing: British and American names, general words for people.
SAME = """
person, individual, someone, somebody, human, human being, people, figure, one, anyone, anybody, everyone, subject
road, street, roadway
sidewalk, pavement, footpath
couch, sofa, settee
gift, present
goods, merchandise, wares
roof, rooftop
pants, trousers
jeans, denim pants, denim jeans
cell phone, mobile phone, cellphone, mobile, smartphone, phone
television, tv, tv set, television set, telly
motorcycle, motorbike
bicycle, cycle, pushbike
trash can, waste basket, garbage can, trash bin, rubbish bin, dustbin, wastebasket, garbage bin, bin
glasses, eyeglasses, spectacles, spectacle, specs, eyeglass, eyewear
sunglasses, sunglass, shades, dark glasses
t shirt, tee shirt, tee, tshirt
sweater, pullover, jumper
hoodie, hooded sweatshirt
refrigerator, fridge
faucet, tap
airplane, plane, aircraft
truck, lorry
gas station, petrol station, filling station
soccer ball, football
photo, photograph, picture, image, snapshot, shot
car, automobile, auto
ocean, sea
forest, woods, wood, woodland
rock, stone, boulder
rug, carpet
sneaker, trainer, tennis shoe
stove, cooker, stovetop
countertop, counter, worktop, kitchen counter
flowerpot, plant pot, pot
child, kid, youngster
mother, mom, mum
father, dad
cookie, biscuit
french fries, fries, chips, fry, french fry
bathroom, restroom, washroom
stroller, pram, baby carriage, pushchair
teddy bear, teddy
parking lot, car park, parking area, lot
curtain, drape
train car, carriage, railcar, coach, railway car
traffic light, traffic signal, stoplight
pedestrian signal, pedestrian light
crosswalk, zebra crossing, pedestrian crossing
coat, overcoat
purse, handbag
laptop, laptop computer, notebook computer
monitor, computer monitor, computer screen
lamppost, lamp post, streetlight, street light, street lamp, streetlamp
sign, signboard
couple, pair
fire hydrant, hydrant
seagull, gull
bush, shrub
shop, store
mug, coffee mug
billboard, hoarding
backyard, yard, garden
package, parcel
crown, wreath
drink, beverage
food, meal
surfboard, board
skateboard, board
snowboard, board
rim, border, edge
item, object, thing
pole, post
hue, shade, tone, color
line, row
queue, line
mark, marking
pile, stack, heap
hill, hillside
peak, summit, mountaintop
slope, hillside, mountainside
shore, shoreline, coast
path, pathway, trail, walkway
facade, front
logo, emblem
motif, design, pattern, graphic
railing, rail, handrail
structure, construction
number, numeral, digit
clothes, clothing, attire, outfit, apparel, garb
container, vessel
bag, sack
pedestrian, passerby
slice, piece
rear, back
grass, lawn, turf
earphone, earbud, headphone
earring, earing
cap, baseball cap
toilet, commode
lady, woman
guy, man, gentleman, male
woman, female
rope, cord
cable, wire
sticker, decal
hard hat, safety helmet
blanket, throw
cupboard, cabinet
dirt, soil, earth
meadow, field
"""
# More particular than, where WordNet has no such line: the first is a kind of each of the others.
KINDS = """
croissant: pastry
danish: pastry
selfie: photo
hoodie: sweatshirt|garment|jacket
sari: garment|dress
hijab: scarf|headscarf
tabby: cat
calico: cat
backsplash: wall|surface
sunglasses: glasses
smartphone: phone|device
laptop: computer|device
tablet: device|computer
bicycle: vehicle|bike
motorcycle: vehicle|bike
suv: car|vehicle
van: vehicle
skater: person
skateboarder: person|rider|skater
snowboarder: person|rider
surfer: person|rider
biker: person|rider
cyclist: person|rider
motorcyclist: person|rider
pedestrian: person
passenger: person
driver: person
commuter: person
climber: person
barista: person
operator: person
builder: person
kayaker: person
paddler: person
goalkeeper: player|person
guitarist: musician|person
toddler: child|person
baby: child|person
boy: child|person|male
girl: child|person|female
man: person|adult|male
woman: person|adult|female
lady: woman|person|female
guy: man|person|male
gentleman: man|person|male
teenager: person|teen
player: person|athlete
crowd: person
couple: person
family: person
group: person
audience: person
bus: vehicle|traffic
car: vehicle|traffic
truck: vehicle|traffic
taxi: car|vehicle|traffic
vehicle: traffic
train: vehicle
tram: vehicle|train
steam locomotive: train
locomotive: train
wire: metal
tulip: flower|plant
rose: flower|plant
daisy: flower|plant
lily: flower|plant
sunflower: flower|plant
orchid: flower|plant
carnation: flower|plant
peony: flower|plant
daffodil: flower|plant
iris: flower|plant
poppy: flower|plant
hydrangea: flower|plant
chrysanthemum: flower|plant
marigold: flower|plant
dandelion: flower|plant
guitar: instrument|musical instrument
sandal: footwear|shoe
boot: footwear|shoe
sneaker: footwear|shoe
t-shirt: shirt|top|garment
blouse: top|shirt|garment
shirt: top|garment
sweater: top|garment
tank top: top|shirt
jacket: garment|outerwear
coat: garment|outerwear|jacket
jeans: pants|garment
shorts: garment|pants
helmet: headgear|hat
cap: hat|headgear
beanie: hat|cap
hat: headgear
crown: headgear
armchair: chair|seat
chair: seat|furniture
stool: seat|chair
bench: seat
sofa: seat|furniture
desk: table|furniture
pizza: food|meal
burger: food|sandwich
sandwich: food
meal: food
fruit: food
vegetable: food
beer: drink|beverage
coffee: drink|beverage
soda: drink|beverage
highway: road
alley: street
lawn: grass
grass: plant|vegetation
tree: plant|vegetation
bush: plant|vegetation
bouquet: flower
peacock: bird
hibiscus: flower
flower: plant
leaf: foliage
skyscraper: building
house: building
church: building
barn: building
shop: building
puppy: dog
kitten: cat|animal
foal: horse
calf: cow|animal
lamb: sheep
chick: bird
cow: cattle|animal
bull: cattle|animal
duck: bird
mirror: object
fork: utensil|cutlery|silverware
knife: utensil|cutlery|silverware
spoon: utensil|cutlery|silverware
plate: dish|tableware
bowl: dish|container|tableware
cup: container|tableware
mug: cup|container
bottle: container
can: container
box: container
basket: container
bag: container
backpack: bag
handbag: bag
suitcase: bag|luggage
purse: bag
desk lamp: light
lamp: light|light source
beach: shore
river: water|body of water
lake: water|body of water
sea: water|body of water
ocean: water|body of water
pond: water|body of water
puddle: water
wave: water
pasture: field|meadow
meadow: field|grassland
mountain: hill|elevation
peak: mountain
summit: mountain
brother: man
sister: woman
bride: woman|person
groom: man|person
actress: woman
waitress: woman|waiter
queen: woman
king: man
nun: woman
mother: woman|parent
father: man|parent
grandmother: woman
grandfather: man
husband: man
wife: woman
son: boy|child
daughter: girl|child
businessman: man
businesswoman: woman
policeman: man|police officer
policewoman: woman|police officer
fireman: man|firefighter
salesman: man
sportsman: man|athlete
cowboy: man
fisherman: man
mailman: man
postman: man
craftsman: man
monk: man
cameraman: man
doorman: man
"""
# A specific word of one family excludes those of the others where both name one thing.
GENERA = (
    "animal vehicle conveyance fruit vegetable furniture musical_instrument tree flower building footwear "
    "headdress beverage room utensil ball weapon bread home_appliance dish body_of_water "
    "fabric garment container sports_implement tableware clothing road"
).split()
# Two people of whom each is what the other is not.
COUNTERPARTS = """
mother daughter|father son|mother son|father daughter|parent child|teacher student|teacher pupil|doctor patient|nurse patient|
waiter customer|waitress customer|bride bridesmaid|bride groom|groom guest|barber customer|seller buyer|vendor customer|
batter pitcher|batter catcher|batter umpire|pitcher catcher|goalkeeper striker|player referee|player coach|coach referee|
driver passenger|pilot passenger|conductor violinist|conductor pianist|grandmother grandchild|grandfather grandchild|
grandmother granddaughter|grandfather grandson|singer drummer|singer guitarist|drummer guitarist|officer driver|chef waiter|
host guest|mother baby|father baby|customer barista|customer cashier|instructor student|lifeguard swimmer|violinist cellist|
violinist pianist
"""
SPELLING = {
    "grey": "gray", "greyish": "grayish", "pyjamas": "pajamas", "tyre": "tire", "kerb": "curb",
    "aluminium": "aluminum", "moustache": "mustache", "aeroplane": "airplane", "jewellery": "jewelry",
    "doughnut": "donut", "cosy": "cozy", "plough": "plow", "yoghurt": "yogurt", "storey": "story",
    "sceptical": "skeptical", "mould": "mold", "woollen": "woolen", "chequered": "checkered",
    "ageing": "aging", "axe": "ax", "draught": "draft", "sulphur": "sulfur", "licence": "license",
    "cheque": "check", "programme": "program", "catalogue": "catalog", "dialogue": "dialog",
}  # fmt: skip
