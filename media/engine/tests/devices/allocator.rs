//! Notes what is allocated and freed inside the engine's callbacks.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use cordboard_engine::in_callback;

static INSIDE: AtomicU64 = AtomicU64::new(0);
static EVERYWHERE: AtomicU64 = AtomicU64::new(0);

struct Noting;

fn note() {
    EVERYWHERE.fetch_add(1, Ordering::Relaxed);
    if in_callback() {
        INSIDE.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on unchanged; noting touches atomics and a constant-initialised cell only.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note();
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Noting = Noting;

/// Fails if a callback has allocated or freed anything in this process, ever.
pub fn callbacks_allocated_nothing() {
    assert!(EVERYWHERE.load(Ordering::Relaxed) > 0, "the allocator notes");
    assert_eq!(INSIDE.load(Ordering::Relaxed), 0, "a callback allocated or freed");
}
