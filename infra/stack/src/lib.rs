//! The stack as data: which functions there are, what each may do, the templates made of it, and the
//! rules for those.
//!
//! `cargo xtask stack` writes the templates; the local bundle lets a function do what its role lets
//! it do on AWS, and nothing else.
#![warn(missing_docs)]

mod access;
mod access_table;
mod function;
mod render;
mod right;
mod root;
mod rules;

pub use access::AccessError;
pub use access_table::with_operations_table;
pub use function::{Domain, Function, StreamFilter, Trigger, functions};
pub use right::{AwsResource, IamAction, Right, UnknownRequest, asked_for, asked_of_files};
pub use root::templates;
pub use rules::{Deployment, RuleViolation, TemplateError, rules};
