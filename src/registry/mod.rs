//! Registries: how they are asked, which kind they are, what they serve.

pub mod client;
pub mod documents;
pub mod kind;
pub mod kinds;
pub mod network;
pub mod read;
pub mod table;
pub mod url;

pub use network::Network;
