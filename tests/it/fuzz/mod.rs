//! Generated hostile input: a short run in every `cargo test`, a long one with
//! `PROPTEST_CASES=100000 cargo test --release --test it fuzz`.

mod targets;

use proptest::prelude::*;

/// Words that the parsers know; `cargo fuzz` uses the same file.
const DICTIONARY: &str = include_str!("../../../fuzz/dictionary.txt");

/// Words of the dictionary and random characters in any order.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<Vec<u8>> = DICTIONARY.lines().filter_map(word).collect();
    let piece = prop_oneof![
        4 => prop::sample::select(words),
        1 => "[ -~]{1,4}".prop_map(String::into_bytes),
        1 => Just(b"\n".to_vec()),
        1 => any::<[u8; 2]>().prop_map(|bytes| bytes.to_vec()),
    ];
    let repeated = (piece, 1..20_usize).prop_map(|(piece, times)| {
        // Most occur once; some occur often, which finds work that is not linear.
        piece.repeat(if times > 17 { times * times } else { 1 })
    });
    prop::collection::vec(repeated, 0..24).prop_map(|pieces| pieces.concat())
}

/// A line of a libFuzzer dictionary: `"text"`, with `\\`, `\"` and `\x0A`.
fn word(line: &str) -> Option<Vec<u8>> {
    let inner = line.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = Vec::new();
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'\\' => match rest.next()? {
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                escaped => escaped,
            },
            plain => plain,
        });
    }
    Some(out)
}

proptest! {
    #[test]
    fn every_target_bears_every_input(bytes in input(), target in prop::sample::select(&targets::ALL[..])) {
        let (name, run) = target;
        let outcome = std::panic::catch_unwind(|| run(&bytes));
        prop_assert!(outcome.is_ok(), "{name}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn every_target_has_its_file_for_cargo_fuzz() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/fuzz_targets");
    for (name, _) in targets::ALL {
        let path = format!("{folder}/{name}.rs");
        let text = std::fs::read_to_string(&path).expect("one file per target");
        assert!(text.contains(&format!("targets::{name}(")), "{path}");
    }
    assert!(DICTIONARY.lines().filter_map(word).count() > 80);
}
