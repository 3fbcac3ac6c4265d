"""Says what a screen reader finds on the pages of this desktop: role and name of all that is shown, one a line, with a tab
between. It goes to the pages' processes themselves, because WebKitGTK under GTK 3 does not always hang a page's tree into
its window's."""

import re

import dbus
import dbus.bus

ACCESSIBLE = "org.a11y.atspi.Accessible"
PAGES = "/org/a11y/webkit/accessible"
# Of AtspiRole; the names that pages give are often empty.
ROLES = {43: "button"}
# Of AtspiStateType: what is on the screen now.
SHOWING = 25
MOST = 5_000

session = dbus.SessionBus()
address = session.get_object("org.a11y.Bus", "/org/a11y/bus").GetAddress(dbus_interface="org.a11y.Bus")
bus = dbus.bus.BusConnection(address)


def roots():
    """Where each page's tree begins."""
    for who in bus.list_names():
        if not who.startswith("org.webkit."):
            continue
        found = bus.get_object(who, PAGES, introspect=False).Introspect(dbus_interface=dbus.INTROSPECTABLE_IFACE)
        for name in re.findall(r'node name="([^"]+)"', found):
            yield str(who), f"{PAGES}/{name}"


def ask(who, path):
    """Name, role, whether it is shown, and children of one thing."""
    thing = bus.get_object(who, path, introspect=False)
    name = thing.Get(ACCESSIBLE, "Name", dbus_interface=dbus.PROPERTIES_IFACE)
    role = int(thing.GetRole(dbus_interface=ACCESSIBLE))
    states = thing.GetState(dbus_interface=ACCESSIBLE)
    children = thing.GetChildren(dbus_interface=ACCESSIBLE)
    return name, role, bool(states[0] >> SHOWING & 1), children


waiting = list(roots())
for _ in range(MOST):
    if not waiting:
        break
    who, path = waiting.pop()
    try:
        name, role, shown, children = ask(who, path)
    except dbus.DBusException:
        # It went away meanwhile.
        continue
    if shown:
        print(f"{ROLES.get(role, role)}\t{name}")
    waiting.extend((str(child[0]), str(child[1])) for child in children)
