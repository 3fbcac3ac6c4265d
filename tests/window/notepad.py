"""Another program that the person types into: a window with a text in it, written to a file with each change."""

import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402


def keep(buffer, path):
    text = buffer.get_text(buffer.get_start_iter(), buffer.get_end_iter(), True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


window = Gtk.Window(title="Notepad")
window.set_default_size(400, 300)
window.connect("destroy", Gtk.main_quit)
view = Gtk.TextView()
view.get_buffer().connect("changed", keep, sys.argv[1])
window.add(view)
window.show_all()
Gtk.main()
