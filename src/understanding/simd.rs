//! Whether the browser can run the model: its kernels are written for 128-bit SIMD.

/// A module of one function, `v128.const 0; i8x16.popcnt; drop`: the smallest that needs SIMD.
const PROBE: [u8; 45] = [
    0, 97, 115, 109, 1, 0, 0, 0, // magic, version
    1, 4, 1, 96, 0, 0, // one type: () -> ()
    3, 2, 1, 0, // one function of it
    10, 25, 1, 23, 0, // its body
    253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // v128.const 0
    253, 98, 26, 11, // i8x16.popcnt, drop, end
];

/// Whether WebAssembly with 128-bit SIMD is there.
pub(super) fn is_supported() -> bool {
    js_sys::WebAssembly::validate(&js_sys::Uint8Array::from(&PROBE[..]).into()).unwrap_or(false)
}
