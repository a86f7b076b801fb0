//! npm's configuration: its ini dialect, its layers, its arguments and its
//! credentials, as npm reads them.

pub mod credentials;
