"""States, postures, patterns, places, times and weather of which one thing has one at a time."""

# Things one thing cannot be at once, between the bars; words that say the same, between commas.
EXCLUSIVE = """
open|closed,shut,close|ajar
on,lit,illuminated,light up,turned on,switched on,running,run,work,in use|off,unlit,turned off,switched off
empty,vacant,unoccupied,bare,deserted,abandoned|full,filled,occupied,taken,laden,loaded,crowded,packed,fill,jammed,busy,bustling,\
overflowing,stuffed,crammed
wet,damp,soaked,soaking|dry
clean,spotless|dirty,filthy,muddy,stained
tidy,neat,orderly,organized,uncluttered|messy,cluttered,untidy,disordered
frozen,frozen over,iced over|unfrozen,thawed,melted,liquid,flowing,open water
plugged in,plugged|unplugged
buttoned,buttoned up|unbuttoned
zipped,zipped up|unzipped
locked|unlocked
inflated|deflated,flat
dressed,clothed,fully clothed|naked,nude,undressed,unclothed
rolled up,rolled|unrolled,rolled down
loose,untied,down|tied back,tied,tied up,braided,in bun,in ponytail,pinned up
blooming,in bloom,flowering,fresh|wilted,withered,dead,dried
whole,uncut|sliced,cut,halved,peeled
shiny,glossy,polished|matte,dull
upside down,overturned,capsized|right side up,upright
leashed,on leash|unleashed,off leash
lit,burning,on fire,aflame|unlit,extinguished,put out,blown out,blow out,burnt out
calm,still,smooth|rough,choppy,stormy
floating,afloat|sunken,submerged
armed|unarmed
alone,by itself|accompanied,surrounded
folded,fold|unfolded,unfold
raised,lifted,up|lowered,down
ripe|unripe,green
cooked|raw,uncooked
young,youthful|old,elderly,aged,middle-aged,senior
vertical,upright,vertically|horizontal,horizontally
blurred,blurry,out of focus,unfocused|sharp,in focus,crisp
black and white,monochrome,grayscale|in color,colorful,full color,color
indoor,indoors,inside,interior|outdoor,outdoors,outside,exterior,open air
male,man,boy|female,woman,girl
clean-shaven,beardless,shaven|bearded,have beard,beard,unshaven
shirtless,bare-chested,topless|shirted
barefoot|shod
bald,hairless|long-haired,short-haired,curly
straight|curly,wavy,curved,winding
striped,stripe|checkered,plaid,check|polka-dot,dotted,spotted|floral,flowery,flowered|plain,solid
long-sleeved,long-sleeve|short-sleeved,short-sleeve|sleeveless
transparent,clear,see-through|opaque
paved|unpaved
leafy,lush|bare,leafless
awake,wide awake|asleep,sleeping,sleep,fast asleep,sound asleep,napping
parked,stationary,stopped,halted,still,at rest,standing still,stop,park,moored,docked,anchored,moor,dock,anchor|moving,driving,in motion,speeding,\
running,drive,move,speed,travel,in flight,sailing,sail,rolling
smiling,smile,grinning,laughing,cheerful,happy|frowning,frown,serious,sad,neutral,stern,crying,unsmiling
crossed|uncrossed
intact|broken,damaged,cracked,torn
round,circular|square|rectangular|triangular|octagonal|oval
roman|arabic
left|right
top,upper|bottom,lower
foreground,front|background,back,distance
day,daytime,daylight,midday,noon,morning,afternoon|night,nighttime,midnight|sunset,dusk,sunrise,dawn,evening,twilight
winter|summer|spring|autumn,fall
sunny,clear,cloudless,fair|overcast,cloudy,clouded,gloomy,gray|rainy,raining,rain,stormy|snowy,snowing,snow|foggy,misty
bright,well lit,brightly lit,light|dim,dark,dimly lit
"""
