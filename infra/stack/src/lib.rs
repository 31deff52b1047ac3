//! The stack as data: which functions there are, what each may do, and the templates made of it.
//!
//! `cargo xtask stack` writes the templates; the local bundle lets a function do what its role lets
//! it do on AWS, and nothing else.
#![warn(missing_docs)]

mod access;
mod function;
mod render;
mod right;
mod root;

pub use access::AccessError;
pub use function::{Domain, Function, Trigger, functions};
pub use right::{Action, Place, Right, UnknownRequest, asked_for};
pub use root::templates;
