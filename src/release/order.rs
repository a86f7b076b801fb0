//! The order of a release: dependencies first. Cycles are broken where the least is lost.

use std::collections::BTreeSet;

/// Why one package has to come before another, from the weakest reason to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// `devDependencies`: its build may need it. Users never install it.
    Build,
    /// An optional peer dependency.
    OptionalPeer,
    /// An optional dependency: an install succeeds without it.
    Optional,
    /// A peer dependency.
    Peer,
    /// A dependency.
    Dependency,
}

/// A package that has to come after another one, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The one that needs it.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// How strongly.
    pub need: Need,
}

/// Packages that need each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Its members, in the order of the release.
    pub members: Vec<usize>,
    /// The dependencies that come too late: the first of a pair is sent before the second,
    /// which it needs.
    pub broken: Vec<(usize, usize)>,
}

/// An order in which packages can be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The packages, dependencies first.
    pub order: Vec<usize>,
    /// Where that was not possible.
    pub cycles: Vec<Cycle>,
}

/// Orders packages. Build dependencies come first unless that closes a cycle; a cycle of other
/// dependencies is broken where the least is lost.
pub fn order(packages: &[usize], edges: &[Edge]) -> Order {
    let mut result = Order::default();
    for group in components(packages, edges) {
        if group.len() == 1 {
            result.order.extend(group);
            continue;
        }
        let hard: Vec<Edge> = edges
            .iter()
            .filter(|edge| edge.need != Need::Build)
            .copied()
            .collect();
        for group in components(&group, &hard) {
            if group.len() == 1 {
                result.order.extend(group);
                continue;
            }
            let cycle = broken(&group, &hard);
            result.order.extend(&cycle.members);
            result.cycles.push(cycle);
        }
    }
    result
}

/// Takes, one by one, the package that loses the least by coming next.
fn broken(group: &[usize], edges: &[Edge]) -> Cycle {
    let mut open: Vec<usize> = group.to_vec();
    let mut cycle = Cycle {
        members: Vec::new(),
        broken: Vec::new(),
    };
    while !open.is_empty() {
        let open_now = &open;
        let unmet = |package: usize| {
            let own = edges.iter().filter(move |edge| edge.from == package);
            own.filter(move |edge| edge.to != package && open_now.contains(&edge.to))
        };
        let loss = |&at: &usize| {
            let mut needs: Vec<Need> = unmet(open[at]).map(|edge| edge.need).collect();
            needs.sort_unstable_by(|a, b| b.cmp(a));
            needs
        };
        let at = (0..open.len()).min_by_key(loss).unwrap_or_default();
        let next = open[at];
        let pairs: BTreeSet<(usize, usize)> = unmet(next).map(|edge| (next, edge.to)).collect();
        cycle.broken.extend(pairs);
        cycle.members.push(next);
        open.remove(at);
    }
    cycle
}

/// Tarjan's algorithm: groups that need each other, each after the groups that it needs. Not
/// recursive, because a chain can be as long as the repository is large.
fn components(packages: &[usize], edges: &[Edge]) -> Vec<Vec<usize>> {
    let size = packages.iter().max().map_or(0, |largest| largest + 1);
    let mut known = vec![false; size];
    for &package in packages {
        known[package] = true;
    }
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); size];
    let is_inside = |edge: &&Edge| edge.from < size && edge.to < size && edge.from != edge.to;
    for edge in edges.iter().filter(is_inside) {
        if known[edge.from] && known[edge.to] {
            needs[edge.from].push(edge.to);
        }
    }
    let mut search = Search {
        seen_as: vec![None; size],
        lowest: vec![0; size],
        is_open: vec![false; size],
        open: Vec::new(),
        count: 0,
        groups: Vec::new(),
    };
    for &package in packages {
        if search.seen_as[package].is_none() {
            search.visit(package, &needs);
        }
    }
    for group in &mut search.groups {
        group.sort_by_key(|member| packages.iter().position(|package| package == member));
    }
    search.groups
}

struct Search {
    seen_as: Vec<Option<usize>>,
    lowest: Vec<usize>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    count: usize,
    groups: Vec<Vec<usize>>,
}

impl Search {
    fn enter(&mut self, package: usize) {
        self.seen_as[package] = Some(self.count);
        self.lowest[package] = self.count;
        self.count += 1;
        self.is_open[package] = true;
        self.open.push(package);
    }

    fn visit(&mut self, first: usize, needs: &[Vec<usize>]) {
        let mut path = vec![(first, 0)];
        self.enter(first);
        while let Some((package, next)) = path.last_mut() {
            let package = *package;
            if let Some(&need) = needs[package].get(*next) {
                *next += 1;
                match self.seen_as[need] {
                    None => {
                        self.enter(need);
                        path.push((need, 0));
                    }
                    Some(seen) if self.is_open[need] => {
                        self.lowest[package] = self.lowest[package].min(seen);
                    }
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.lowest[*parent] = self.lowest[*parent].min(self.lowest[package]);
            }
            if self.seen_as[package] == Some(self.lowest[package]) {
                self.close(package);
            }
        }
    }

    /// Everything entered since `package` needs each other.
    fn close(&mut self, package: usize) {
        let at = self.open.iter().rposition(|&open| open == package);
        let group = self.open.split_off(at.unwrap_or_default());
        for &member in &group {
            self.is_open[member] = false;
        }
        self.groups.push(group);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edge(from: usize, to: usize, need: Need) -> Edge {
        Edge { from, to, need }
    }

    fn dependency(from: usize, to: usize) -> Edge {
        edge(from, to, Need::Dependency)
    }

    #[test]
    fn what_is_needed_comes_first() {
        let chain = [dependency(0, 2), dependency(2, 3), dependency(3, 1)];
        assert_eq!(order(&[0, 1, 2, 3], &chain).order, [1, 3, 2, 0]);
        assert_eq!(order(&[0, 1, 2], &[]).order, [0, 1, 2]);
        // Packages that are not sent do not count, and neither does one that needs itself.
        assert_eq!(order(&[0, 3], &chain).order, [0, 3]);
        assert_eq!(order(&[0], &[dependency(0, 0)]).cycles, []);
    }

    #[test]
    fn what_a_build_needs_comes_first_where_that_closes_no_cycle() {
        let build = edge(0, 1, Need::Build);
        assert_eq!(order(&[0, 1], &[build]).order, [1, 0]);
        let both = order(&[0, 1], &[build, dependency(1, 0)]);
        assert_eq!(both.order, [0, 1]);
        assert_eq!(both.cycles, []);
    }

    #[test]
    fn a_cycle_is_broken_where_the_least_is_lost() {
        for weak in [Need::OptionalPeer, Need::Optional, Need::Peer] {
            let found = order(&[0, 1], &[dependency(0, 1), edge(1, 0, weak)]);
            assert_eq!(found.order, [1, 0]);
            assert_eq!(found.cycles[0].broken, [(1, 0)]);
        }
        let ring = [dependency(0, 1), dependency(1, 2), edge(2, 0, Need::Peer)];
        let around = [dependency(3, 0), dependency(1, 4)];
        let found = order(&[0, 1, 2, 3, 4], &[ring.as_slice(), &around].concat());
        assert_eq!(found.order, [4, 2, 1, 0, 3]);
        assert_eq!(found.cycles.len(), 1);
        assert_eq!(found.cycles[0].members, [2, 1, 0]);
    }

    #[test]
    fn a_chain_may_be_long() {
        let packages: Vec<usize> = (0..20_000).collect();
        let chain: Vec<Edge> = (1..20_000).map(|at| dependency(at - 1, at)).collect();
        let found = order(&packages, &chain);
        assert_eq!(found.order.first(), Some(&19_999));
    }

    proptest! {
        #[test]
        fn every_need_is_met_or_named(pairs in prop::collection::vec((0_usize..8, 0_usize..8, 0_usize..5), 0..30)) {
            let needs = [Need::Build, Need::OptionalPeer, Need::Optional, Need::Peer, Need::Dependency];
            let edges: Vec<Edge> = pairs.iter().map(|&(from, to, need)| edge(from, to, needs[need])).collect();
            let packages: Vec<usize> = (0..8).collect();
            let found = order(&packages, &edges);
            let mut sorted = found.order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, packages);
            let place = |package: usize| found.order.iter().position(|&it| it == package);
            let broken: Vec<_> = found.cycles.iter().flat_map(|cycle| &cycle.broken).collect();
            for edge in edges.iter().filter(|edge| edge.need != Need::Build && edge.from != edge.to) {
                let is_met = place(edge.to) < place(edge.from);
                prop_assert!(is_met != broken.contains(&&(edge.from, edge.to)));
            }
        }
    }
}
