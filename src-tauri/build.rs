//! Lets Tauri check the configuration and bind what the window shows.

fn main() {
    tauri_build::build();
}
