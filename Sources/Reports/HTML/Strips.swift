// Pictures that stand in a row of a table, one below the other, as numbers. Where letters are all there is, the numbers
// beside them say it.

/// A difference with its interval, zero, and the margin of the gate: one row of a forest plot.
struct Forest {
    /// The metric.
    var name: String
    /// Challenger - champion.
    var difference: Double
    /// Of the difference; nil: not known.
    var interval: (lower: Double, upper: Double)?
    /// The difference from which on the gate is missed; nil: no gate compares.
    var margin: Double?
    /// True: the row is mirrored, so that better is to the right in every row.
    var isMirrored: Bool
}

/// From the champion's value to the challenger's: one row of a dot plot, all of which have one scale.
struct Move {
    var name: String
    var champion: Double
    var challenger: Double
    /// Of the difference; nil: not known.
    var interval: (lower: Double, upper: Double)?
    var scale: Scale
}

/// The scale of the rows below it.
struct Axis {
    var name: String
    var scale: Scale
}

/// Two distributions over the same bins.
struct Histograms {
    var name: String
    /// Shares.
    var bins: [(before: Double, now: Double)]
}

/// When something began and ended, in seconds.
struct Span {
    var name: String
    var from: Double
    var to: Double
    /// Of the whole.
    var scale: Scale
}
