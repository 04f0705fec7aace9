import signal

import matplotlib

matplotlib.use("Agg")
# Tests press Ctrl-C, which nohup, or a shell's background, may have told them to ignore.
signal.signal(signal.SIGINT, signal.default_int_handler)
