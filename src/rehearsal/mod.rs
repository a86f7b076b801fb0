//! The rehearsal: an embedded registry on loopback that behaves as npmjs does,
//! and a whole publish into it. The test suite's registry as well.

mod answer;
mod documents;
mod publish;
mod rights;
mod routes;
mod rules;
mod server;
pub mod state;
mod store;
mod upstream;
mod when;

pub use server::Registry;
pub use state::State;
pub use store::{Arrived, Seen};
pub use upstream::Upstream;
pub use when::When;
