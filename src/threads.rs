//! Work that waits for the file system, shared out among threads.

use std::num::NonZero;
use std::thread::ScopedJoinHandle;

/// Working through fewer items than this takes less time than starting a thread.
const MIN_SHARE: usize = 64;
/// More threads only wait for one another in the file system.
const MAX_THREADS: usize = 4;

/// The result of a thread. A panic in it is passed on.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    let ended = thread.join();
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Works through items that each take some system calls, in shares on as many threads as
/// are useful. The results are in the order of the items.
pub(crate) fn in_shares<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let share = items.len().div_ceil(threads_for(items.len())).max(1);
    let (own, others) = items.split_at(share.min(items.len()));
    std::thread::scope(|scope| {
        let work = &work;
        let others = others.chunks(share);
        let running: Vec<_> = others
            .map(|share| scope.spawn(move || work(share)))
            .collect();
        let first = work(own);
        std::iter::once(first)
            .chain(running.into_iter().map(joined))
            .collect()
    })
}

/// How many threads are worth starting.
fn threads_for(items: usize) -> usize {
    if items < 2 * MIN_SHARE {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(MAX_THREADS).min(items / MIN_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_are_in_order() {
        for count in [0, 1, 127, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let shares = in_shares(&items, <[usize]>::to_vec);
            assert_eq!(shares.concat(), items);
        }
    }
}
