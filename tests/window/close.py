"""Closes a window as its button does: asks the window manager to (EWMH, _NET_CLOSE_WINDOW)."""

import ctypes
import sys

CLIENT_MESSAGE = 33
# SubstructureNotifyMask and SubstructureRedirectMask: who manages windows listens for these at the root.
MASK = (1 << 19) | (1 << 20)
# From a person, not from a program.
FROM_A_PERSON = 2


class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        # An XEvent is as large as 24 longs.
        ("rest", ctypes.c_long * 24),
    ]


x = ctypes.CDLL("libX11.so.6")
for name in ("XOpenDisplay", "XDefaultRootWindow", "XInternAtom"):
    getattr(x, name).restype = ctypes.c_void_p
x.XDefaultRootWindow.argtypes = x.XCloseDisplay.argtypes = [ctypes.c_void_p]
x.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
x.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]

display = x.XOpenDisplay(None)
if not display:
    sys.exit("no screen")
close = x.XInternAtom(display, b"_NET_CLOSE_WINDOW", False)
event = ClientMessage(type=CLIENT_MESSAGE, window=int(sys.argv[1]), message_type=close, format=32)
event.data[1] = FROM_A_PERSON
x.XSendEvent(display, x.XDefaultRootWindow(display), False, MASK, ctypes.byref(event))
x.XCloseDisplay(display)
