//! Circles of a graph: its strongly connected components of more than one node.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// From one node to another, with the items that cause it.
pub(crate) type Edges = BTreeMap<(usize, usize), BTreeSet<String>>;

/// Nodes that depend on each other in a ring.
#[derive(Debug)]
pub(crate) struct Circle {
    /// Each member, with what it uses inside the circle and the items that cause it.
    pub(crate) members: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "circle of {}:", self.members.len())?;
        for (member, uses) in &self.members {
            writeln!(f, "  {member}")?;
            for (used, items) in uses {
                let items: Vec<_> = items.iter().map(String::as_str).collect();
                writeln!(f, "    -> {used}: {}", items.join(", "))?;
            }
        }
        Ok(())
    }
}

/// Returns the circles among these nodes, in the order of their names.
pub(crate) fn circles(names: &[String], edges: &Edges) -> Vec<Circle> {
    let mut search = ComponentSearch::new(names.len(), edges);
    for node in 0..names.len() {
        if search.order[node].is_none() {
            search.visit(node);
        }
    }
    let mut found: Vec<_> = search
        .components
        .iter()
        .filter(|component| component.len() > 1)
        .map(|component| circle(component, names, edges))
        .collect();
    found.sort_by(|one, other| one.members.keys().cmp(other.members.keys()));
    found
}

fn circle(component: &[usize], names: &[String], edges: &Edges) -> Circle {
    let mut members = BTreeMap::new();
    for &member in component {
        let uses = component.iter().filter_map(|&used| {
            let items = edges.get(&(member, used))?;
            Some((names[used].clone(), items.clone()))
        });
        members.insert(names[member].clone(), uses.collect());
    }
    Circle { members }
}

/// Tarjan's search for strongly connected components.
struct ComponentSearch {
    next: Vec<Vec<usize>>,
    /// When a node was first seen.
    order: Vec<Option<usize>>,
    /// The earliest node that can be reached and is still on the stack.
    low: Vec<usize>,
    stack: Vec<usize>,
    seen: usize,
    components: Vec<Vec<usize>>,
}

impl ComponentSearch {
    fn new(size: usize, edges: &Edges) -> Self {
        let mut next = vec![Vec::new(); size];
        for &(from, to) in edges.keys() {
            next[from].push(to);
        }
        let (order, low) = (vec![None; size], vec![0; size]);
        Self { next, order, low, stack: Vec::new(), seen: 0, components: Vec::new() }
    }

    fn visit(&mut self, node: usize) {
        let order = self.seen;
        self.seen += 1;
        self.order[node] = Some(order);
        self.low[node] = order;
        self.stack.push(node);
        for used in self.next[node].clone() {
            match self.order[used] {
                None => {
                    self.visit(used);
                    self.low[node] = self.low[node].min(self.low[used]);
                }
                Some(seen) if self.stack.contains(&used) => {
                    self.low[node] = self.low[node].min(seen);
                }
                Some(_) => {}
            }
        }
        if self.low[node] == order {
            let start = self.stack.iter().position(|&one| one == node).expect("it was pushed");
            self.components.push(self.stack.split_off(start));
        }
    }
}
