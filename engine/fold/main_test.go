package fold

import "flag"

var speed = flag.Bool("speed", false, "report the speed of kernels on 10 M rows")
