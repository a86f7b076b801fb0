//! Runs jobs that depend on each other: dependencies first, several at once.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

/// Runs each job once all of its dependencies have succeeded. `limit` is asked before each
/// start how many may run at once; 0 starts no more. Returns each job's result, or `None` for a
/// job that was not started because a dependency failed or, with `fail_fast`, any job did.
pub(crate) async fn run<T, E>(
    depends_on: &[Vec<usize>],
    limit: impl Fn() -> usize,
    fail_fast: bool,
    job: impl AsyncFn(usize) -> Result<T, E>,
) -> Vec<Option<Result<T, E>>> {
    let mut results: Vec<Option<Result<T, E>>> = depends_on.iter().map(|_| None).collect();
    let mut is_started = vec![false; depends_on.len()];
    let mut running = FuturesUnordered::new();
    let mut has_failed = false;
    loop {
        let is_done = |at: &usize| matches!(results[*at], Some(Ok(_)));
        for at in 0..depends_on.len() {
            if running.len() >= limit() || (fail_fast && has_failed) {
                break;
            }
            if !is_started[at] && depends_on[at].iter().all(is_done) {
                is_started[at] = true;
                let job = &job;
                running.push(async move { (at, job(at).await) });
            }
        }
        let Some((at, result)) = running.next().await else {
            return results;
        };
        has_failed |= result.is_err();
        results[at] = Some(result);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A chain 0 ← 1 ← 2, and a separate 3.
    fn graph() -> Vec<Vec<usize>> {
        vec![vec![], vec![0], vec![1], vec![]]
    }

    #[tokio::test]
    async fn dependencies_come_first_and_the_limit_holds() {
        let (running, most, order) = (Cell::new(0), Cell::new(0), RefCell::new(Vec::new()));
        let job = async |at: usize| {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            tokio::task::yield_now().await;
            order.borrow_mut().push(at);
            running.set(running.get() - 1);
            Ok::<usize, ()>(at)
        };
        let results = run(&graph(), || 2, false, job).await;
        assert!(results.iter().all(|result| matches!(result, Some(Ok(_)))));
        let place = |of: usize| order.borrow().iter().position(|at| *at == of);
        assert!(place(0) < place(1) && place(1) < place(2));
        assert_eq!(most.get(), 2);
    }

    #[tokio::test]
    async fn what_depends_on_a_failure_is_not_started() {
        let job = async |at: usize| if at == 1 { Err(at) } else { Ok(at) };
        let results = run(&graph(), || 1, false, job).await;
        assert_eq!(results, [Some(Ok(0)), Some(Err(1)), None, Some(Ok(3))]);
        let results = run(&graph(), || 1, true, job).await;
        assert_eq!(results, [Some(Ok(0)), Some(Err(1)), None, None]);
    }

    #[tokio::test]
    async fn a_limit_of_nothing_starts_nothing_more() {
        let left = Cell::new(2);
        let job = async |at: usize| {
            left.set(left.get() - 1);
            Ok::<usize, ()>(at)
        };
        let results = run(&graph(), || left.get().min(1), false, job).await;
        assert_eq!(results, [Some(Ok(0)), Some(Ok(1)), None, None]);
    }
}
