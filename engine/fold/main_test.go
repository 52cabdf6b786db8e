package fold

import "flag"

var speed = flag.String("speed", "", "report the speed of the cases whose name has this, on 10 M rows")
