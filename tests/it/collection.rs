//! Data Collect: links, their pages, and the checks of what beneficiaries enter.

mod attacks;
mod checks;
mod codes;
mod links;
mod pages;
mod tenant_link;
