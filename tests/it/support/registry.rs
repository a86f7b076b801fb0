//! The embedded registry on a separate thread, for tests that block.

use std::sync::Arc;
use std::sync::mpsc;

use safe_publish::rehearsal::{Registry, State};

/// A registry that runs until it is dropped.
pub(crate) struct Server {
    registry: Arc<Registry>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(state: State) -> Self {
        let (send, receive) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let registry =
                    Arc::new(Registry::start(state, None).await.expect("a loopback port"));
                send.send(Arc::clone(&registry)).expect("the test waits");
                let _ = stopped.await;
            });
        });
        let registry = receive.recv().expect("the registry starts");
        Self {
            registry,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl std::ops::Deref for Server {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.registry
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
