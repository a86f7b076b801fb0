//! Numbers for generated cases: the same seed makes the same cases.

/// The seed in `SAFE_PUBLISH_SEED`: a number, or `free` for another one in each run.
pub(crate) fn seed(default: u64) -> u64 {
    match std::env::var("SAFE_PUBLISH_SEED").ok().as_deref() {
        None => default,
        Some("free") => jiff::Timestamp::now().as_millisecond().unsigned_abs(),
        Some(text) => text
            .parse()
            .expect("SAFE_PUBLISH_SEED is a number or `free`"),
    }
}

/// xorshift64*.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16;
        usize::try_from(value % end as u64).expect("below a usize")
    }

    /// True once in `of` times.
    pub(crate) fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// True with this probability, in per cent. For the comparison of packing, which runs on
    /// Linux only.
    #[cfg(target_os = "linux")]
    pub(crate) fn percent(&mut self, of: usize) -> bool {
        self.below(100) < of
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Up to `most` picks, joined.
    pub(crate) fn some(&mut self, most: usize, from: &[&str]) -> String {
        let count = self.below(most + 1);
        (0..count).map(|_| self.pick(from)).collect()
    }
}
