//! Against a really deployed stack: over HTTP as its callers, with the AWS CLI as its operator.
//! `make test-deployed` deploys one on this machine and says where it is (`API_URL`, `STACK_NAME`).
//!
//! What is tried here is what no test in one process can: the templates, the roles, the gateway, the
//! event sources. The clock is the machine's, so what takes time is waited for, within bounds.

mod access;
mod cards;
mod charges;
mod operators;
mod payouts;
mod stack;
mod statements;
mod webhooks;
