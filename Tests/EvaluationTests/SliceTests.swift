import Domain
import Evaluation
import Foundation
import Testing

@Suite(.timeLimit(.minutes(15)))
struct SliceTests {
    private static let text = """
        id,label,prediction,score,carrier,day,note
        1,1,1,0.9,UA,1,a
        2,0,1,0.8,UA,1,b
        3,1,0,0.3,,2,c
        4,0,0,0.2,AA,2,d

        """

    @Test func `every further column with few values is one of slices, with a missing value as one of them`()
        async throws
    {
        let many = (0..<60).map { "\($0 % 2),\($0 % 3 == 0 ? 1 : 0),\($0 % 5),v\($0)" }.joined(separator: "\n")

        let scores = try await score(SliceTests.text)
        let wide = try await score("label,prediction,few,many\n\(many)\n")

        #expect(Set(scores.slices.map(\.slice.column)) == ["carrier", "day", "note"])
        let carriers = scores.slices.filter { $0.slice.column == "carrier" }
        #expect(carriers.map(\.slice.value) == ["", "AA", "UA"])
        #expect(carriers.map(\.rows) == [1, 1, 2])
        #expect(carriers.map { $0.metrics["accuracy"] } == [0, 1, 0.5])
        // Without a positive label there is no recall, and without both labels no area.
        #expect(carriers.map { $0.metrics["recall"] } == [0, nil, 1])
        #expect(carriers.map { $0.metrics["auc"] } == [nil, nil, 1])
        #expect(carriers.map { $0.metrics["false_positive_rate"] } == [nil, 0, 1])
        #expect(Set(wide.slices.map(\.slice.column)) == ["few"])
    }

    @Test func `columns that the policy names are the slices, however many values they have up to 200`() async throws {
        let rows = (0..<200).map { "\($0 % 2),\($0 % 2),v\($0),x" }.joined(separator: "\n")

        let scores = try await score("label,prediction,many,few\n\(rows)\n", options: .init(slices: ["many"]))

        #expect(scores.slices.count == 200)
        #expect(Set(scores.slices.map(\.slice.column)) == ["many"])
    }

    @Test(arguments: [
        (["carier"], "has no column 'carier', which 'evaluate.slices' names; did you mean 'carrier'?"),
        (["score"], "'score' cannot be a slice column"), (["many"], "the slice column 'many' has 201 values or more"),
        (["long"], "the slice column 'long' has a value of more than 200 characters"),
        (["x"], "has the column 'x' twice"),
    ])
    func `a column that cannot be one of slices is the input's fault`(slices: [String], expected: String) async {
        let long = String(repeating: "y", count: 201)
        let rows = (0..<300).map { "1,0.5,UA,v\($0),\(long),1,2" }.joined(separator: "\n")

        let fault = await #expect(throws: Fault.self) {
            try await score("label,score,carrier,many,long,x,x\n\(rows)\n", options: .init(slices: slices))
        }

        #expect(fault?.kind == .input)
        #expect(fault?.message.contains(expected) == true, "\(fault?.message ?? "")")
    }

    @Test func `hostile names and values of slices are texts`() async throws {
        let column = "a'); DROP TABLE ready; --"
        let text = "label,score,\"\(column)\"\n1,0.5,'; SELECT 1\n0,0.25,\"x\ny\"\n1,0.75,\u{1B}[31m\n"

        let scores = try await score(text, options: .init(slices: [column]))

        #expect(scores.slices.map(\.slice.column) == [column, column, column])
        #expect(scores.slices.map(\.slice.value) == ["\u{1B}[31m", "'; SELECT 1", "x\ny"])
    }

    @Test func `the portrait counts what pictures are drawn from`() async throws {
        let portrait = try #require(try await score(SliceTests.text).portrait)

        #expect(portrait.confusion == Portrait.Confusion(labels: ["0", "1"], counts: [[1, 1], [1, 1]], others: 0))
        #expect(portrait.roc.map(\.x) == [0, 0, 0.5, 0.5, 1])
        #expect(portrait.roc.map(\.y) == [0, 0.5, 0.5, 1, 1])
        #expect(portrait.precisionRecall.map(\.x) == [0.5, 1])
        #expect(portrait.calibration.map(\.rows) == [1, 1, 1, 1])
        #expect(portrait.calibration.map(\.observed) == [0, 1, 0, 1])
        #expect(portrait.calibration.map(\.predicted) == [0.2, 0.3, 0.8, 0.9])
        #expect(portrait.fit == [])
    }

    @Test func `the portrait is small, whatever the number of rows and labels`() async throws {
        var binary = "label,prediction,score\n"
        var classes = "label,prediction\n"
        var numbers = "label,prediction\n"
        for row in 0..<5000 {
            binary += "\(row * 7919 % 3 == 0 ? 1 : 0),\(row % 2),\(Double(row * 104_729 % 5003) / 5003)\n"
            classes += "c\(row % 30 < 20 ? row % 30 : row % 100),c\(row % 7)\n"
            numbers += "\(row),\(row + 1)\n"
        }

        let curves = try #require(try await score(binary).portrait)
        let confusion = try #require(try await score(classes).portrait?.confusion)
        let fit = try #require(try await score(numbers).portrait).fit

        #expect(curves.roc.count <= Portrait.mostPoints)
        #expect(curves.roc.count > 40)
        #expect(curves.roc.map(\.y) == curves.roc.map(\.y).sorted())
        #expect(curves.precisionRecall.count <= Portrait.mostPoints)
        #expect(confusion.labels.count == 20)
        #expect(confusion.labels == confusion.labels.sorted())
        #expect(confusion.others + confusion.counts.flatMap { $0 }.reduce(0, +) == 5000)
        #expect(fit.count == Portrait.mostPoints)
        #expect(fit.allSatisfy { $0.y == $0.x + 1 })
    }
}
