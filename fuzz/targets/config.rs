#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| resim_sync::fuzzing::config(data));
