//! The rehearsal: an embedded registry on loopback that behaves as npmjs does,
//! and a whole publish into it. The test suite's registry as well.

mod accounts;
mod answer;
mod documents;
mod entries;
mod exchange;
mod faults;
mod install;
mod publish;
mod rendered;
mod rights;
mod routes;
mod rules;
mod run;
mod server;
mod setup;
pub mod state;
mod store;
mod tarball;
mod upstream;
mod variables;
mod when;
mod words;
mod writes;

pub use install::{Installed, WayIn};
pub use run::{ACCOUNT, Cast, Rehearsed, Stage, Subject, new_token, seed};
pub use server::Registry;
pub use state::State;
pub use store::{Arrived, Seen};
pub use tarball::PackedFile;
pub use upstream::Upstream;
pub use when::When;
