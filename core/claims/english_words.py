"""Closed classes of English words, and the small open ones, that reading captions rests on.

What a noun names (a person, a garment, ...) is asked of `lexicon.py`; here is what grammar needs and
what captions say of the image as an image.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


COLOURS = _set(
    "red maroon crimson scarlet burgundy orange yellow gold golden green olive lime blue navy turquoise teal "
    "cyan purple violet lavender lilac indigo pink magenta rose brown tan beige cream khaki black white ivory "
    "grey gray silver silvery amber auburn blonde blond brunette ginger mint mauve rust copper bronze charcoal"
)
COLOUR_DEGREES = _set(
    "light dark bright pale deep vivid soft dull neon pastel hot sky navy off mint mostly"
)
COLOUR_NOUNS = _set("color colour hue tone shade tint")
# Nouns with which an adjective says how a thing looks: "a white finish", "a grainy texture".
APPEARANCE = COLOUR_NOUNS | _set(
    "scheme finish texture appearance look style shape design size length width height"
)
# Nouns that as a modifier say what a thing is made of, or what covers it: "a dirt road".
MATERIALS = _set(
    "wood metal steel iron brass aluminum aluminium tin chrome stone brick concrete cement asphalt dirt gravel "
    "sand mud clay glass plastic rubber leather denim cotton wool silk linen velvet lace fleece knit straw wicker "
    "bamboo rattan paper cardboard porcelain ceramic terracotta marble granite tile grass snow ice cobblestone "
    "plaster adobe vinyl nylon canvas fur felt foam wire mesh thatch plywood oak plush satin tweed corduroy "
    "pine flannel slate crystal pearl"
)
# Adjectives that a viewer feels rather than sees.
EVALUATIVE = _set(
    "beautiful lovely nice pretty gorgeous stunning striking impressive majestic magnificent elegant charming "
    "cute adorable attractive handsome picturesque scenic breathtaking captivating enchanting delightful pleasant "
    "cozy cosy inviting welcoming homely serene peaceful tranquil calm calming quiet lively vibrant bustling "
    "dynamic energetic dramatic dreamy ethereal mysterious nostalgic whimsical playful romantic intimate timeless "
    "surreal moody unique interesting intriguing fascinating remarkable notable noticeable prominent distinctive "
    "distinct typical traditional classic iconic familiar common usual ordinary simple plain-looking perfect great "
    "good wonderful amazing fantastic delicious tasty appetizing mouthwatering tempting idyllic quaint "
    "harmonious balanced organized thoughtful meticulous detailed intricate rich subtle visible clear "
    "various several many multiple few numerous other another same different certain own main central primary "
    "such entire overall particular specific additional respective individual real whole general convivial "
    "vivid eye-catching sturdy lush enjoyable proud well-composed high-quality professional candid aesthetic "
    "visual joyful festive sophisticated contemporary luxurious overall utilitarian grand welcoming first second "
    "third last next possible likely apparent potential current more less most least much only very further "
    "countless innumerable abundant ample some any all both each every either "
    "suitable appropriate available scattered opposite surrounding nearby existing remaining important essential special favorite favourite exciting evident unmistakable characteristic pastoral"
)
# Those among them that say which or how many, and stay in a sentence.
WHICH = _set(
    "visible clear organized detailed intricate various several many multiple few numerous other another same different certain own main central primary "
    "such entire overall particular specific additional respective individual real whole general first second third last next "
    "possible likely apparent potential current more less most least much only very further countless ample some any all both "
    "each every either suitable appropriate available scattered opposite surrounding nearby existing remaining essential special good great "
    "common usual typical traditional characteristic contemporary rich evident single"
)
# What captions call the image, and nouns about how it was made.
PICTURE = _set(
    "image picture photo photograph photography snapshot frame shot view scene composition artwork visual "
    "description caption depiction viewer photographer focus perspective angle foreground background"
)
ABOUT_PICTURE = _set("image picture photo photograph photography snapshot shot artwork frame")
# Nouns of moods, conclusions and other things that cannot be pointed at.
ABSTRACT = _set(
    "pop dash glimpse burst atmosphere mood feeling feel sense ambiance ambience vibe charm beauty tranquility serenity calmness "
    "calm warmth nostalgia harmony balance elegance simplicity depth contrast interest element touch impression "
    "emotion emotions spirit essence character joy happiness excitement energy curiosity anticipation solitude contentment "
    "moment story narrative focus focal point subject emphasis attention detail details detailing backdrop "
    "addition presence appearance aspect feature effect quality style design theme context overall "
    "activity activities movement life nature daily experience relationship connection camaraderie friendship "
    "bond interaction conversation purpose reason way manner kind type sort variety possibility time day "
    "work leisure fun peace comfort use position location place area space part portion side left right "
    "top bottom center centre middle corner edge end front back distance rest majority fact case example "
    "lot bit look glance hint suggestion indication visibility lighting light weather setting season "
    "event occasion purpose world heart action process progress arrangement order row "
    "direction route height size shape length width age gender color colour hue tone shade number "
    "amount quantity level range total couple pair ground air profile photography enjoyment background foreground "
    "scene image picture photo photograph frame view shot perspective angle composition viewer photographer "
    "individual_part name brand type model language word words text letters lettering writing inscription message "
    "something anything nothing everything love impact balance future past access chance hope break trip exchange "
    "job speed mix array effect influence focus bustle hustle culture heat cold chill danger safety fashion trend talent "
    "freedom lack pleasure delight skill technique evidence possibility clarity intimacy order pattern_of state use"
)
GROUNDS = _set("ground air water shore side distance horizon")
# Parts that a living thing or an object naturally has: said of, but not announced.
ALWAYS_PARTS = _set(
    "arm hand finger thumb wrist elbow shoulder leg foot knee ankle toe hip waist chest neck head face eye "
    "ear nose mouth lip cheek chin forehead brow eyebrow eyelash tooth tongue hair beard mustache moustache skin "
    "fur mane tail paw claw hoof wing beak feather horn antler snout muzzle whisker tusk forearm thigh "
    "torso stomach belly lap fist palm bicep expression gaze smile posture silhouette haircut ponytail "
    "handle blade windshield headlight handlebar hindquarters plumage underside marking markings brickwork stubble goatee"
)
# Nouns that are parts if the text says of what: "the back of the cat", "the train's doors".
PARTS = ALWAYS_PARTS | _set(
    "back seat hood roof bumper bill lid wheel tire trim edge rim stem petal trunk body coat "
    "surface interior exterior facade top bottom front side tip base frame spot stripe pattern design tone hue color "
    "colour body reflection outline crown end petal"
)
HAIR = _set("beard mustache moustache hair ponytail bun braid haircut stubble goatee freckle ")
PEOPLE = _set(
    "person people man woman boy girl child kid baby toddler infant adult lady gentleman individual someone "
    "somebody pedestrian player rider worker teenager teen guy couple crowd human figure character spectator officer cyclist skier "
    "surfer skateboarder snowboarder vendor chef cook waiter waitress student teacher athlete pitcher catcher "
    "batter umpire referee bride groom mother father son daughter parent passenger driver tourist visitor "
    "shopper customer musician performer dancer singer fisherman farmer soldier doctor nurse firefighter "
    "policeman actor artist swimmer runner jogger hiker climber coach fan audience onlooker bystander "
    "youngster hero heroine fairy elf mermaid princess wizard photographer grandmother grandfather brother sister friend colleague member family male female motorcyclist"
)
FEMALE = _set(
    "woman girl lady female mother daughter grandmother sister bride waitress aunt wife queen actress policewoman"
)
MALE = _set(
    "man boy gentleman male guy father son grandfather brother groom waiter uncle husband king policeman fisherman"
)
# Words for a person or an animal that say no more than that: they go back to one with a telling name.
GENERAL = {
    "person": "person",
    "individual": "person",
    "figure": "person",
    "human": "person",
    "subject": "",
    "creature": "animal",
    "animal": "animal",
    "pet": "animal",
    "bird": "bird",
    "vehicle": "vehicle",
    "device": "device",
    "structure": "structure",
    "character": "person",
    "adult": "person",
    "child": "person",
    "player": "person",
    "feline": "feline",
    "canine": "canine",
    "building": "building",
    "boat": "boat",
    "plant": "plant",
    "aircraft": "aircraft",
    "instrument": "instrument",
}
GARMENTS = _set(
    "shirt t-shirt tee blouse top sweater sweatshirt hoodie jacket coat blazer vest cardigan suit tuxedo dress gown skirt shorts "
    "pants trousers jeans leggings tights stockings socks shoe shoes sneaker sneakers boot boots sandal sandals heels hat cap beanie "
    "helmet hood headband scarf glove gloves mitten mittens tie bowtie belt apron uniform outfit attire clothing clothes "
    "gear costume robe sari kimono swimsuit bikini trunks wetsuit raincoat poncho jersey armor armour overalls "
    "glasses sunglasses goggles mask watch bracelet necklace ring earring earrings backpack headphones collar harness "
    "life_vest veil turban hijab headscarf bandana polo pajamas sleeves sleeve garment wear underwear tank overcoat "
    "cap visor parka tunic cloak shawl waistcoat crown tiara"
)
GROUPS = _set(
    "group crowd pair row line series collection set bunch number variety couple cluster stack pile herd flock "
    "array range handful dozen dozens hundred hundreds thousand thousands majority lot lots plenty mix assortment "
    "selection team swarm pack heap string strip piece slice bit portion layer sheet patch blanket rows lines body "
    "type kind sort style form pair total combination mixture expanse stretch section fleet queue trio duo"
)
# One word for several people or animals.
COLLECTIVES = _set("couple family crowd group team audience duo trio band crew herd flock")
EXACT_GROUPS = {"pair": 2, "couple": 2, "trio": 3, "duo": 2, "dozen": 12}
CONTAINERS = _set(
    "glass cup mug bottle bowl plate basket vase tray bag box bucket pot jar can pitcher jug crate carton barrel "
    "bin cart container platter dish saucer pan sack packet case tube"
)
IMAGES_OF = _set(
    "picture image photo photograph painting drawing poster portrait sketch illustration print mural tattoo statue sculpture logo icon figurine"
)
# Place of a thing along another: "on the left side of the road".
SIDES = _set(
    "left right top bottom front back side end edge center centre middle corner rear foot tip head heart base inside outside outskirts bank"
)
HEDGE_ADVERBS = _set(
    "possibly perhaps probably likely maybe presumably seemingly apparently potentially supposedly conceivably"
)
HEDGE_VERBS = _set("appear seem look")
HEDGE_MODALS = _set("may might could")
INFER = _set("suggest indicate imply hint mean signify evidence")
# Verbs that only say that something can be seen, or where.
PRESENT = _set(
    "show depict capture feature display portray present illustrate include contain showcase see observe reveal "
    "have consist comprise highlight"
)
LOCATED = _set(
    "lay scatter arrange mount set display spread station nestle frame spot leave nest install distribute store cut crop take locate position place situate see observe visible show feature find exist set present appear"
)
MOOD_VERBS = _set(
    "convey evoke create suggest add give set emphasize enhance contribute invite highlight complement imply indicate "
    "command exude provide lend bring draw make reflect hint symbolize tell reveal unfold define characterize "
    "capture frame dominate"
)
POSTURES = _set("sit stand lie perch seat kneel crouch squat lean rest lounge recline")
WEAR = _set("wear dress clothe don sport attire outfit clad adorn")
# Verbs whose preposition makes one relation of them, by verb: "look at", "hang from".
GOVERNED = {
    "look": "at up down into through out over toward towards",
    "gaze": "at into out toward",
    "stare": "at into out",
    "glance": "at",
    "smile": "at",
    "point": "at to toward towards",
    "lean": "against on over toward towards",
    "hold": "onto on",
    "hang": "from on over above",
    "play": "with",
    "talk": "to with on",
    "speak": "to with into",
    "listen": "to",
    "wait": "for",
    "reach": "for toward into out",
    "work": "on at with",
    "interact": "with",
    "cover": "in with by",
    "strew": "with",
    "litter": "with",
    "scatter": "with",
    "sprinkle": "with",
    "carpet": "in with by",
    "blanket": "in with by",
    "drape": "in with over across on",
    "shroud": "in by with",
    "crown": "with by",
    "fill": "with",
    "line": "with by",
    "surround": "by with",
    "decorate": "with",
    "top": "with by",
    "attach": "to",
    "connect": "to",
    "tie": "to",
    "mark": "with by",
    "stain": "with",
    "fish": "",
    "secure": "to",
    "pin": "to",
    "fix": "to",
    "affix": "to",
    "mount": "on to",
    "engage": "in with",
    "focus": "on",
    "pull": "by",
    "dot": "with",
    "drink": "from",
    "eat": "from",
    "grip": "onto",
    "cling": "to",
    "stick": "to out",
    "feed": "on",
    "bark": "at",
    "wave": "at to",
    "climb": "on up over",
    "jump": "over onto into",
    "equip": "with",
    "garnish": "with",
    "serve": "with on in",
    "pack": "with",
    "load": "with",
    "stack": "on with",
    "lead": "to",
    "face": "toward towards",
    "participate": "in",
    "use": "for",
    "swing": "at",
    "throw": "to at",
    "kick": "at",
    "adorn": "with by in",
    "gather": "around",
    "wrap": "in around with",
    "tuck": "into under in",
    "rest": "on against upon",
    "write": "on in",
    "print": "on",
    "paint": "on",
    "protrude": "from",
    "emerge": "from",
    "extend": "from over",
    "overlook": "",
}
# Words of time, season, weather, light and setting: what a scene claim says.
TIMES = _set(
    "day daytime night nighttime evening morning afternoon dusk dawn sunset sunrise noon midday twilight "
    "midnight nightfall"
)
SEASONS = _set("winter summer spring autumn fall")
WEATHER = _set(
    "sunny cloudy rainy overcast snowy foggy misty windy stormy hazy weather rain snowfall storm fog"
)
SETTINGS = _set(
    "street kitchen room bedroom bathroom office living_room restaurant park beach city town village field forest "
    "garage garden yard backyard store shop market station airport classroom library gym stadium court museum church "
    "cafe bar hotel hospital school farm zoo harbor port playground parking_lot intersection corner area setting "
    "environment countryside landscape interior neighborhood plaza square studio lobby hallway corridor "
    "supermarket bakery workshop warehouse factory arena festival desert mountain lake ocean sea lounge cafeteria "
    "terrace patio balcony campus alley suburb downtown"
)
SETTING_WORDS = _set("setting environment location place area scene interior atmosphere")
EVENTS = _set(
    "match game race wedding party festival parade concert ceremony competition tournament meeting conference "
    "celebration picnic barbecue event market performance protest rally show"
)
LIGHTS = _set("light lighting sunlight illumination daylight")
READS = _set(
    "read say display spell state label show bear announce declare advertise name inscribe write print mark"
)
TEXT_NOUNS = _set(
    "word text name message letter letters lettering inscription title phrase number writing label logo caption slogan"
)
PLURAL_ONLY = _set(
    "scissors glasses sunglasses goggles shorts pants trousers jeans leggings tights overalls pajamas headphones "
    "binoculars clothes"
)
MASS = _set(
    "sky grass water snow sand beer wine coffee tea food mist fog smoke rain ice mud dirt gear clothing attire armor "
    "armour furniture equipment luggage foliage greenery vegetation traffic wood metal hair fur jewelry sunlight "
    "light bread rice meat cheese fruit cake pasta sauce butter milk juice graffiti scenery seating pavement sea ocean"
)
LEMMAS = {
    "individual": "person",
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "schoolchildren": "schoolchild",
    "grandchildren": "grandchild",
    "vases": "vase",
}
