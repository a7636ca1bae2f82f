"""What is said of a thing in several words, and which of it cannot be true at once: "in mid-air", "on the ground"."""

from __future__ import annotations

# Kinds of things : states between bars, of which one thing is in one at a time; phrases that say the same between
# commas. Words are lemmas, or a form that stands for itself only; articles and possessives are left out.
STATES = """
bird aircraft insect balloon ball kite drone disk butterfly parachute helicopter frisbee : fly, soar, hover, glide above, \
drift above, float above, mid air, in air, in flight, airborne, through air, take off, in sky, overhead | on ground, \
on floor, on grass, on sand, on branch, on perch, perch, parked, sit, lie, rest, grounded, landed, on runway, on tarmac, \
on water, walk, stand
person animal vehicle bicycle motorcycle skateboard : jump, leap, mid air, in air, off ground, airborne, in mid jump | \
on ground, on floor, sit, lie, kneel, crouch, squat, stand, seated, recline, sprawl
sun : set, rise, sink, dip, low, on horizon, at horizon, just above horizon, below horizon, peek, behind mountain, behind hill | overhead, high, \
at zenith, noon
moon : full, round | crescent, half, sliver
water lake river pond waterfall fountain stream sea canal pool creek bay harbor ice : frozen, iced over, freeze solid, \
ice cover, under ice, freeze | flow, rush, cascade, ripple, splash, open water, wave, pour, tumble, plunge, gush, liquid
water lake river pond stream sea canal pool ocean bay harbor : calm, still, smooth, glassy, mirror like, flat calm, like glass, \
like mirror | rough, choppy, stormy, wave crash, turbulent, churn, rage, wave break, whitecap, large wave
river stream creek lake pond pool fountain riverbed canal : dried up, dry, dried out, empty, no water, bone dry | flow, full, brim, flood, \
overflow, water run, swell, rush
road ground floor pavement sidewalk path deck court field square platform pitch lawn pier : wet, puddle, flood, rain slick, \
soaked, damp, drench, slick, glisten rain, under water, waterlogged | dry, parched, dusty, bone dry
person animal hair clothing : soaking, soaked, wet, drip, drench, dripping | dry
room place building area hall kitchen street interior cellar basement attic cave structure space stage shop church tunnel courtyard : brightly light, bright, sunlit, \
sunny, flood light, bathe light, fill light, well light, in bright light, daylight stream, sunlight stream, bathe sunlight, \
fill sunlight, flood sunlight | dark, darkness, dim, dimly light, pitch black, gloom, unlit, candlelight, in shadow
lamp candle light lantern bulb headlight screen sign torch window chandelier oven monitor television laptop burner \
stove flashlight fire fireplace campfire bonfire computer : lit, glow, shine, burn, illuminated, flicker, blaze, ablaze, light up, turned on, \
switched on, roar, crackle, alight, aglow | off, unlit, extinguish, go out, gone out, burn out, blown out, dark, turned off, switched off, switch off, turn off, \
cold, blank, dead, not on, burnt out
object : empty, deserted, vacant, unoccupied, devoid, bare, nobody, no one, contain nothing, hold nothing | \
full, crowded, packed, filled, occupied, fill, brim, overflow, laden, load, crowd, throng, bustle, busy, pack, teem, jam, stack with, swarm, \
heap with, pile with, stuff with, taken, contain, hold, people, stuffed, piled, heaped
person horse car cyclist boat runner animal bicycle motorcycle team vehicle : lead race, leading, in lead, first place, first, lead pack, \
out in front, ahead of rest, ahead of pack, take lead, lead field, head pack | last, last place, in last, trail, bring up rear, behind pack, \
at tail end, trail behind, far behind
person animal : upright, bolt upright, straight up, sit straight, stand straight, erect, stand tall, sit tall, ramrod straight | hunch, bend over, bent over, slump, stoop, \
lean into, double over, bent forward, slouch, lean forward, bend forward, bend down
object plank board surfboard ladder pole skateboard : vertically, vertical, upright, on end, stand on end, straight up | horizontally, horizontal, \
lie flat, flat on, on side, lengthwise
door window gate drawer curtain lid mouth eye laptop suitcase trunk hood cabinet cupboard shutter tent zipper bag box mailbox : open, ajar, \
wide open, opened, agape, unzipped, gape, unlatched | closed, shut, close, zipped, drawn, latched, fasten, clamped
mouth : open, agape, gape, wide, ajar, yawn | closed, shut, close, press together, pursed
umbrella parasol fan awning sail tent : open, unfurl, spread, up, opened, raise, hoist, billow, extended, full, put up | closed, furl, folded, fold, fold up, \
roll up, rolled, lower, shut, collapse, down, retracted
book newspaper map menu magazine laptop : open, spread open, unfold, lie open, spread out, opened | closed, shut, folded, fold up, rolled up, close
food fruit cake pizza bread sandwich pie apple dish cookie pastry burger meal donut : half eaten, bitten, bite take, bite out, slice missing, \
missing slice, cut into, partly eaten, partially eaten, only crumb, nearly finish, slice remove, sliced, bite miss | untouched, whole, uneaten, uncut, intact, unbitten
glass cup bottle mug jar : half full, half empty, half drink | full, brim, to top, fill to | empty, drained
hair : past shoulder, shoulder length, waist length, down back, long, to waist, below shoulder, over shoulder, to shoulder, reach waist, \
to middle of back | short, cropped, above ear, buzz, pixie, shaved, close cropped, crew cut, to chin
hair : ponytail, braid, bun, tied, tie back, pin up, updo, pigtail, tied back, pulled back, pull back, in bun, plaited, tie up | loose, down, \
loosely, hang loose, flow loose, unbound, let down
hair fur : straight | curly, wavy, ringlet, frizzy, curl, coil
vehicle boat train ship bus car truck tram bicycle motorcycle ferry yacht wagon cart cyclist tractor escalator carousel : standstill, stationary, park, parked, stop, \
stopped, moor, anchor, moored, anchored, docked, dock, stand still, at rest, berth, idle, tied up, at anchor, wait, broken down | \
speed, race, move, overtake, sail, cruise, chug, pull away, on move, in motion, drive, roll, pull out, depart, hurtle, zoom, travel, \
drive off, full speed, pass, spin, go around, underway, under way
vehicle train bus boat ship ferry tram airplane : arrive, pull in, pull into, approach | depart, leave, pull out, pull away
glass window vase mirror windshield plate cup pot screen fence wall mug statue door : broken, cracked, shatter, shattered, smashed, chipped, \
crack, missing, collapse | intact, undamaged, unbroken, flawless, in one piece
field mountain ground hill landscape slope meadow yard hillside : snow cover, cover snow, snowy, blanket snow, under snow, \
cap snow, dust snow, layer snow, lie snow, deep snow | snow free, free snow, green, lush, no snow, clear snow, grassy, in bloom
tree car street roof road path house peak branch : snow cover, cover snow, snowy, blanket snow, under snow, dust snow, layer snow | \
snow free, free snow, no snow, clear snow
flag banner pennant : fly, flutter, wave, billow, flap, stream, ripple | limp, droop, motionless, still, furl, limply, droop down, hang still, no wind
arm hand : in pocket, in its pocket | on hip | cross, folded, fold, crossed | raise, above head, in air, overhead, up in air, above its head, stretched overhead, \
raised | behind back, behind head, behind its back | in lap, on lap, by side, at side | outstretched, spread wide, spread, out to side, stretched out
boat canoe ship kayak surfboard raft dinghy rowboat sailboat yacht : afloat, float, on water, sail, in water, bob, row, drift, paddle, at sea, on lake, on river, \
on sea, glide, across water, across lake, moored | on beach, on sand, ashore, aground, on shore, dry dock, on trailer, on land, on grass, beached, pulled up, pull up on
person : smile, grin, laugh, beam, cheerful, giggle, smiling | cry, frown, scowl, serious, stern, weep, sad, grimace, neutral expression, \
expressionless, sob, angry, tear, solemn, glare, glum, pout, straight face
person animal : asleep, sleep, nap, doze, slumber, fast asleep | awake, alert, eye open, wide awake, run, walk, play, jump, bark, read, \
look at, stare, watch, gaze, stand, eye wide
tree branch bush orchard forest : bare, leafless, no leaf, without leaf, stripped leaf, skeletal | leafy, lush, full leaf, green leaf, bloom, blossom, in leaf, \
foliage, in blossom, green
flower tulip rose plant : bloom, in bloom, blossom, full bloom, fresh, open | wilted, wither, wilt, dead, withered, in bud, dried, closed
person : look up, gaze up, look upward, gaze upward, stare up, look at sky, gaze at sky, look at ceiling, stare at ceiling | look down, \
gaze down, look downward, stare down, look at ground, look at floor, stare at floor, stare at ground, lower its eye
person vehicle animal : up stair, climb stair, ascend, upstairs, uphill, up hill, up slope, up ladder, up step, go up, climb up, walk up | down stair, descend, downstairs, \
downhill, down hill, down slope, down ladder, down step, go down, climb down, walk down, come down
person animal : step into, walk into, climb into, get into, go into, enter, head into | step out, walk out, climb out, get out, come out, \
leave, exit, emerge
person : play soccer, play football | play basketball | play baseball | play tennis | play volleyball | play golf | play hockey | play rugby | \
play cricket | play badminton | play table tennis | play chess | play card
fountain sprinkler geyser hose : off, switched off, turned off, dry, switch off, turn off, no water | spray, shoot up, jet, splash, gush, flow, spout, spurt, squirt
object : somebody hold, somebody carry, somebody grip, somebody clutch, in hand, in mouth, in arm | lie, on ground, on floor, on table, on grass, on shelf, fly, in net, \
lean against, roll, on rack, on wall, in corner, float, bounce
jewelry garment hat shoe helmet necklace watch ring scarf glasses glove headgear : somebody wear | lie, in box, on hanger, on hook, in drawer, on floor, on bed, \
on chair, hang on, hang over, in hand, somebody hold, somebody carry, on rack, on table, fold
person animal : carried, somebody carry, in arm, on shoulder, ride shoulder, in stroller, in lap, piggyback | walk, run, stand on, crawl, swim, jog, stroll
ear : floppy, droop, hang down, flop | upright, stand up, stand straight up, prick, erect, perk up
envelope letter package parcel bottle jar : sealed, seal, unopened | torn open, opened, open, tear open, uncorked
fire : blaze, roar, burn, flame | smolder, ember, put out, extinguish, ash, reduced to ash, burn down
building house bridge tower : under construction, unfinished, scaffold, half built | finished, completed, complete
candle : tall, new, unburned, unburnt | burned down, burn down, stub, melted
object : spotless, clean, gleam, immaculate, just washed, freshly washed, pristine, shiny clean | cover mud, muddy, dirty, filthy, stain, cake, dusty, \
grimy, splatter, coat dust, cover dust, cover dirt, smear, rusty, cover grime, soil
object : brand new, new, unworn | rusty, rust, worn out, dilapidated, decay, crumble, ruin, battered, tatter
person : bald, bald head, shaved head, shaven head, head shaved, completely bald, hairless | hair
person : short hair, cropped hair, crew cut, buzz cut, hair cut short, pixie cut, bob | long hair, waist length hair, hair down back, hair past shoulder, braid, \
pigtail, ponytail, braided hair, hair in braid, hair in ponytail
person : bearded, beard, mustache, goatee, stubble, unshaven, full beard | clean shaven, smooth shaven, beardless, shaven face, shaved face
person animal : eye closed, closed eye, shut eye, eye shut | open eye, eye open, wide eye, eye wide
bed : made, neatly make, make up, tidy | unmade, rumple, rumpled, tangle, crumpled, disheveled
rope chain cable line : taut, tight, tense, stretched, tauten | slack, loose, sag, coil, coiled
surface table desk counter floor kitchen room shelf : tidy, neat, orderly, spotless, clean, clear, organized, immaculate | messy, clutter, cluttered, untidy, strew, litter, dirty, \
disordered, covered clutter
wall fence surface building : bare, blank, undecorated, nothing on | cover graffiti, hang with, cover poster, line with, cover ivy, adorn, paint with mural
"""
# Of each row a person has one on or under at one time: what differs in kind excludes the other.
SLOTS = """
wear : hat cap helmet beanie crown turban hood headscarf beret bonnet visor bandana hijab top_hat bowler cowboy_hat straw_hat sombrero fedora tiara
wear : boot sandal sneaker slipper high_heel flip_flop loafer ski_boot ice_skate roller_skate rain_boot
wear : skirt trousers shorts jeans leggings pants dress swimsuit wetsuit robe kimono sari kilt overalls tutu jumpsuit gown
ride drive steer pedal maneuver on straddle mount sit push : bicycle motorcycle horse skateboard scooter car bus truck tractor elephant camel donkey \
snowboard sled unicycle tricycle surfboard quad_bike bull mule
play strum : guitar piano violin drum trumpet saxophone flute cello harp accordion banjo clarinet trombone ukulele xylophone tuba harmonica bagpipe keyboard double_bass mandolin
"""
# Who is busy with one of these does none of the others; verbs of one cell go together.
OCCUPATIONS = """
sleep nap doze|knit crochet|sew stitch embroider|iron|paint draw sketch|write|type text|juggle|hammer|saw|drill|weld|dig shovel|rake|\
sweep|mop|mow|prune|knead|chop slice cut dice peel carve|stir whisk mix|fry grill|row paddle|wash rinse scrub wipe polish|pitch throw bowl|\
kick dribble|catch|fish|shave|brush comb|eat|sculpt|weave|plow|milk|shear|ski|surf|photograph film|crawl|pray|applaud clap|vacuum
"""
