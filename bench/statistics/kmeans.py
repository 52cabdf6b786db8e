"""Times scikit-learn's KMeans on the files that the program beside it has written.

Needs python3 with NumPy and scikit-learn (Debian: apt-get install python3-sklearn).
Arguments: a directory, columns, k, runs, and names of data sets. Prints one line for
each: name, median seconds, iterations, inertia.
"""

import statistics
import sys
import time

import numpy
from sklearn.cluster import KMeans

folder, columns, k, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
for name in sys.argv[5:]:
    rows = numpy.fromfile(f"{folder}/{name}.rows", "<f8").reshape(-1, columns)
    start = numpy.fromfile(f"{folder}/{name}.start", "<f8").reshape(k, columns)
    model = KMeans(k, init=start, n_init=1, algorithm="lloyd", tol=1e-4, max_iter=300)
    model.fit(rows)  # the first run starts threads
    seconds = []
    for _ in range(runs):
        before = time.perf_counter()
        model.fit(rows)
        seconds.append(time.perf_counter() - before)
    print(name, statistics.median(seconds), model.n_iter_, repr(float(model.inertia_)))
