"""Lists words of values: colours with their shades, materials, synonyms, and words without a meaning of their own."""

from __future__ import annotations

# Basic colour -> its shades. A shade may be in two families.
SHADES = {
    "black": "black jet ebony onyx charcoal blackish",
    "white": "white ivory cream off-white snow-white pearl alabaster whitish eggshell",
    "gray": "gray charcoal slate ash silver silvery grayish graphite pewter silver-gray",
    "red": "red crimson scarlet maroon burgundy ruby cherry vermilion brick-red reddish rust coral carmine wine",
    "orange": "orange tangerine apricot amber rust orangish peach coral copper terracotta ginger pumpkin",
    "yellow": "yellow gold golden mustard lemon amber yellowish blond blonde canary straw cream saffron",
    "green": "green olive lime emerald mint teal turquoise aqua khaki greenish jade moss sage chartreuse",
    "blue": "blue navy azure cyan teal turquoise aqua cobalt indigo sky-blue bluish sapphire cerulean ultramarine",
    "purple": "purple violet lavender lilac mauve plum magenta indigo purplish fuchsia burgundy maroon",
    "pink": "pink rose rosy fuchsia magenta salmon coral pinkish peach hot-pink",
    "brown": "brown tan beige chestnut chocolate bronze khaki sepia brownish hazel auburn sand sandy taupe copper "
    "brunette mahogany coffee caramel rust fawn cream maroon ginger",
}
# Families that two captioners may well name for one colour; they do not exclude each other.
NEAR = (
    "gray silver|gray white|brown orange|brown red|brown yellow|red orange|red pink|yellow orange|"
    "purple pink|blue purple|gray brown|blue gray|black gray|purple red|yellow white"
)
DARK = {"navy", "maroon", "burgundy", "charcoal"}
SHADE = {"dark": "dark", "deep": "dark", "light": "light", "pale": "light", "pastel": "light"}
INTENSITIES = set(
    "bright vivid vibrant brilliant rich solid plain soft warm muted medium fluorescent neon royal".split()
)

MATERIAL_WORDS = {
    "wood": "wood wooden timber oak pine bamboo plywood log plank hardwood mahogany walnut teak",
    "metal": "metal metallic steel stainless-steel iron wrought-iron aluminum brass copper bronze tin chrome "
    "chain-link silver gold wire",
    "glass": "glass crystal",
    "plastic": "plastic vinyl acrylic polythene",
    "stone": "stone marble granite cobblestone rock slate limestone sandstone pebble cobbled cobble flagstone",
    "brick": "brick",
    "concrete": "concrete cement",
    "asphalt": "asphalt tarmac blacktop",
    "tile": "tile tiled ceramic porcelain",
    "clay": "clay terracotta earthenware ceramic porcelain",
    "carpet": "carpet carpeted",
    "leather": "leather suede",
    "cloth": "cloth fabric cotton wool woolen denim silk linen velvet satin canvas knit knitted lace felt "
    "nylon polyester fleece",
    "paper": "paper cardboard carton",
    "rubber": "rubber",
    "wicker": "wicker rattan straw woven",
    "dirt": "dirt gravel sand sandy mud muddy soil unpaved",
    "snow": "snow snowy ice icy",
    "grass": "grass grassy",
    "fur": "fur furry",
    "foam": "foam styrofoam",
    "wax": "wax",
    "bone": "bone ivory",
    "plaster": "plaster stucco drywall",
    "thatch": "thatch thatched",
}
RELATIVE = frozenset(
    "large big small tiny little huge tall short long high low wide narrow thick thin great heavy light "
    "giant massive enormous large-scale medium medium-sized mid-sized compact old new modern young".split()
)
EMPTY = frozenset(
    "a an the of in on with and or very quite some somewhat slightly partially partly mostly mainly "
    "predominantly primarily have has having be made make color colored hue shade tone appearance look "
    "looking type kind style shape design side both all its their his her various entirely completely "
    "fully directly straight also visible clearly neatly".split()
)
NEARLY = frozenset("half halfway almost nearly barely".split())
SYNONYMS = """
large,big,huge,sizable,massive,enormous,giant,gigantic,oversized
small,little,tiny,miniature
young,youthful,little,small
several,multiple,various,numerous,many,different
colorful,multicolored,multi colored,brightly colored,vibrant
blond,blonde,fair,fair haired,light,light colored
old,elderly,aged,senior
dense,thick
crossed,folded,cross,fold
bare,leafless
snowy,snow covered,covered snow,snow,snow capped,snowcapped
blurred,blurry,out focus,unfocused
open,opened
closed,shut
clear,cloudless
overcast,cloudy,covered clouds
sliced,cut slice,slice
seated,sitting,sit
transparent,clear,see through
gray,silver
broken,damaged,damage
illuminated,lit,lighted
calm,still
decorated,adorned,decorate,adorn
hooded,hood
bearded,beard
worn,weathered
curly,wavy
half full,half empty
patterned,pattern
striped,stripe
pointed,pointy
busy,crowded
rocky,rock
sandy,sand
grassy,grass
wooden,wood
cloudy,cloud
smiling,smile
missing,gone,miss
extended,extend,outstretched,stretched,stretch
spread,spread out
lush,green
lined,line
tiled,tile
final,last
far,distance,distant,background,farther,away
bespectacled,glasses
surroundings,environment,surrounding
"""
