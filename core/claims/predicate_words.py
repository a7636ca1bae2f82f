"""Lists words of predicates: prepositions by class, verbs with one meaning, postures, directions of a look."""

from __future__ import annotations

# Preposition -> its class. Those of several words come first when a predicate is taken apart.
PREPOSITIONS = {
    "on": "on upon,on top of,atop,top of,onto,on,up on,across top of,aboard,onboard,topped",
    "above": "above,over,overhead,high above",
    "under": "under,below,beneath,underneath,directly below,directly beneath,at foot of,at bottom of",
    "in": "in,inside,within,into,inside of,in middle of,in center of,in midst of,among,amidst,amid,middle of",
    "near": "next to,beside,by,near,close to,nearby,alongside,adjacent to,along,at side of,side of,on side of,"
    "by side of,along side of,near to,around,surrounding,next,together with,at edge of,on edge of,close by,past",
    "front": "in front of,front of,before,ahead of,opposite",
    "behind": "behind,beyond,in back of,at back of,back of,after",
    "left": "left of,to left of,on left of,left side of,on left side of,to left side of,at left of,left",
    "right": "right of,to right of,on right of,right side of,on right side of,to right side of,at right of,right",
    "at": "at,at end of,end of,in area of",
    "against": "against",
    "between": "between,in between",
    "across": "across,over across",
    "through": "through,out of,out",
    "toward": "toward,towards,to,in direction of",
    "from": "from,off,away from,down from",
    "with": "with,of,for,without,as,via",
    "down": "down",
    "up": "up",
    "outside": "outside,outside of",
}
# Verbs that mean the same of visible things; the first names the group.
SAME_VERBS = """
wear,dress,clothe,have on,don,attire,sport
hold,carry,grip,grasp,clutch,hold onto,have hand,handle,hold up,cradle,clasp,bear,rest hand
look,gaze,stare,watch,glance,view,observe,peer,face,direct gaze,focus,turn,eye
sit,seat,perch
lie,recline,lie down,lay,sprawl,curl,curl up
stand,be stand,stand up
rest,relax,lie
walk,stroll,make way,walk along,step,wander,march,stride
run,jog,sprint,dash
move,drive,travel,make way,go,run,ride,head,proceed,advance,in motion
jump,leap,mid air,air,launch,bound,hop,in air
stop,halt,come halt,station,still
park,station,stop
eat,feed,enjoy meal,have meal,dine,munch,chew,bite,share meal
drink,sip
smile,grin,beam
laugh,smile
fly,soar,glide,hover,float
hang,suspend,mount,attach,fix,affix,fasten,secure,display,dangle
place,put,set,position,situate,locate,arrange,lay,stack,be
cover,blanket,coat,top,overspread,spread,drape,shroud,carpet,crown
strew,scatter,litter,sprinkle,dot
pour,flow,stream
poke,stick,peek,protrude,jut,poke out,stick out
line,border,edge,flank,run along
surround,encircle,enclose,ring
pull,tow,haul,drag,draw,lead
push,shove
touch,pat,stroke,pet,rest,place hand
reach,extend,stretch,stick out,reach out
lean,tilt,incline,bend
ride,straddle,mount,sit
play,perform
perform,do,execute,make,practice
cut,slice
read,say,show,display,announce,bear,carry,state,mark,indicate,label,write,spell,feature,print,reads
contain,hold,have,feature,include,fill,carry,with,house,store,consist,display,offer,bear,support,sport
decorate,adorn,ornament,garnish
lead,head
follow,trail,walk behind
cook,prepare,fry
use,utilize,employ,work,operate
pose,stand
graze,eat,feed
catch,grab,capture
protect,cover
hide,peek
peek,peer,look,peep
cross,walk,traverse
span,cross,bridge
pass,drive,go,move
surf,ride
ski,ride
skateboard,ride
talk,chat,converse,speak
sleep,asleep,nap
stir,mix
illuminate,light,shine,glow
fill,pack,crowd
carve,cut
hug,embrace,cuddle
board,enter
face,turn,look,orient,direct
support,hold
drive,steer
arrive,pull,come,enter,approach
scatter,strew,spread,litter
prop,lean
overlook,look
roll,break,crash,wash
stack,pile,heap
frame,surround
fall,drop,plunge,plummet,tumble,cascade
raise,hold up,lift,lift up,put up
photograph,take photo,take picture,take photograph
"""
# Postures that exclude each other for one person or animal at one time.
POSTURES = """
sit,seat,perch
stand
lie,recline,sprawl,lie down
kneel
crouch,squat
walk,stroll
run,sprint,jog,gallop
jump,leap,mid air
swim
fly,soar
hang
dive
"""
FACING = """
look camera,face camera,smile camera,look toward camera,look viewer,pose camera
look away,face away,look down,look side,look off,look up,back camera,turn away,look away camera,look elsewhere
"""
