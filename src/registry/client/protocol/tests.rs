use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_util::future::join_all;
use hyper_util::client::legacy::connect::Connected;

use super::*;

const HANDSHAKE: Duration = Duration::from_millis(20);

/// A finished connection.
struct Made {
    is_http2: bool,
}

impl Connection for Made {
    fn connected(&self) -> Connected {
        if self.is_http2 {
            Connected::new().negotiated_h2()
        } else {
            Connected::new()
        }
    }
}

/// How many connections were started, and how many are finished.
#[derive(Default)]
struct Count {
    begun: Cell<usize>,
    made: Cell<usize>,
}

impl Count {
    async fn connection(&self, handshake: Duration, is_http2: bool) -> Result<Made, io::Error> {
        self.begun.set(self.begun.get() + 1);
        tokio::time::sleep(handshake).await;
        self.made.set(self.made.get() + 1);
        Ok(Made { is_http2 })
    }
}

fn host() -> Arc<Protocol> {
    let url = Url::parse("https://registry.example/").ok();
    Arc::new(Protocol::of(url.as_ref()))
}

/// A request that wants a connection, until the pool gives it another one.
async fn request(
    host: &Arc<Protocol>,
    served_after: Duration,
    connection: impl Future<Output = Result<Made, io::Error>>,
) -> bool {
    let wanted = host.send(connect(host, connection));
    matches!(tokio::time::timeout(served_after, wanted).await, Ok(Ok(_)))
}

/// Eight requests at once. Returns how many got their own connection, and the time.
async fn eight(count: &Count, handshake: Duration, is_http2: bool) -> (usize, Duration) {
    let host = host();
    let begin = tokio::time::Instant::now();
    let served = if is_http2 {
        handshake + Duration::from_millis(1)
    } else {
        Duration::from_secs(60)
    };
    let requests = (0..8).map(|_| request(&host, served, count.connection(handshake, is_http2)));
    let own = join_all(requests).await;
    (own.into_iter().filter(|own| *own).count(), begin.elapsed())
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn with_http2_one_connection_is_begun() {
    let count = Count::default();
    let (own, _) = eight(&count, HANDSHAKE, true).await;
    assert_eq!((own, count.begun.get(), count.made.get()), (1, 1, 1));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn with_http1_all_follow_the_first_one() {
    let count = Count::default();
    let (own, time) = eight(&count, HANDSHAKE, false).await;
    assert_eq!((own, count.made.get()), (8, 8));
    assert!(time < HANDSHAKE * 3, "{time:?}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_slow_first_one_is_not_waited_for() {
    let slow = Duration::from_millis(500);
    let count = Count::default();
    let (own, time) = eight(&count, slow, false).await;
    assert_eq!((own, count.made.get()), (8, 8));
    assert!(time < slow + HEAD_START * 2, "{time:?}");
    let count = Count::default();
    let (own, _) = eight(&count, slow, true).await;
    assert_eq!((own, count.made.get()), (1, 1), "the others are given up");
    assert_eq!(count.begun.get(), 8);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn where_the_first_one_is_given_up_or_fails_another_goes_first() {
    let count = Count::default();
    let host = host();
    let fails = async { Err(io::Error::other("refused")) };
    let never = Duration::from_secs(60);
    let ends = join_all([
        Box::pin(request(
            &host,
            Duration::from_millis(3),
            count.connection(never, true),
        )) as Pin<Box<dyn Future<Output = bool>>>,
        Box::pin(request(&host, never, fails)),
        Box::pin(request(&host, never, count.connection(HANDSHAKE, true))),
    ]);
    assert_eq!(ends.await, [false, false, true]);
    assert_eq!(count.begun.get(), 2);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn an_http2_connection_that_ended_is_made_again() {
    let count = Count::default();
    let host = host();
    for _ in 0..3 {
        assert!(request(&host, HANDSHAKE * 2, count.connection(HANDSHAKE, true)).await);
    }
    assert_eq!(count.made.get(), 3);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn an_unused_connection_serves_the_next_request() {
    let count = Count::default();
    let host = Arc::new(Protocol::of(None));
    // As hyper does when another connection has served the request.
    let mut left = pin!(connect(&host, count.connection(HANDSHAKE, false)));
    while count.begun.get() == 0 {
        assert!(!begun_once(&host, left.as_mut()).await);
    }
    let next = request(&host, HANDSHAKE, count.connection(HANDSHAKE, false));
    let (left, next) = futures_util::future::join(left, next).await;
    assert!(left.is_ok() && !next);
    assert_eq!(count.begun.get(), 1);
}

/// Polls a connection once for a request.
async fn begun_once<F: Future>(host: &Arc<Protocol>, mut connection: Pin<&mut F>) -> bool {
    let once = poll_fn(|context| Poll::Ready(connection.as_mut().poll(context).is_ready()));
    let is_ready = host.send(once).await;
    tokio::task::yield_now().await;
    is_ready
}
