//! The rehearsal: an embedded registry on loopback that behaves as npmjs does,
//! and a whole publish into it. The test suite's registry as well.

mod accounts;
mod answer;
mod args;
mod documents;
mod entries;
mod exchange;
mod faults;
mod fence;
mod home;
mod input;
mod install;
mod kept;
mod publish;
mod reads;
mod rendered;
mod request;
mod rights;
mod routes;
mod rules;
mod run;
mod seed;
mod server;
mod setup;
mod shared;
mod stage;
pub mod state;
mod store;
mod tarball;
mod upstream;
mod variables;
mod when;
mod writes;

pub use entries::WayIn;
pub use fence::{Fence, enter as enter_fence};
pub use input::Input;
pub use install::Installed;
pub use run::{PackageResult, Rehearsal};
pub use seed::{ACCOUNT, RehearsedPackage, new_token, seed};
pub use server::Registry;
pub use state::State;
pub use store::{Arrived, Seen};
pub use tarball::PackedFile;
pub use upstream::Upstream;
pub use when::When;
