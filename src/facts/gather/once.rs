//! Sends each question once per run, for any number of packages.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

/// Answers by question. The first to ask sends the request; the others wait for it, and take
/// over if the first gives up.
#[derive(Debug)]
pub(super) struct OnceMap<V> {
    cells: Mutex<HashMap<String, Arc<OnceCell<V>>>>,
}

impl<V> Default for OnceMap<V> {
    fn default() -> Self {
        Self {
            cells: Mutex::default(),
        }
    }
}

impl<V: Clone> OnceMap<V> {
    pub(super) async fn get(&self, key: String, fetch: impl Future<Output = V>) -> V {
        let cell = match self.cells.lock() {
            Ok(mut cells) => Arc::clone(cells.entry(key).or_default()),
            Err(_) => Arc::default(),
        };
        cell.get_or_init(|| fetch).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn two_who_ask_the_same_at_once_cause_one_question() {
        let map = OnceMap::default();
        let asked = Cell::new(0);
        let ask = || async {
            asked.set(asked.get() + 1);
            tokio::task::yield_now().await;
            7
        };
        let both =
            futures_util::future::join(map.get("k".into(), ask()), map.get("k".into(), ask()));
        assert_eq!(both.await, (7, 7));
        assert_eq!(asked.get(), 1);
    }
}
