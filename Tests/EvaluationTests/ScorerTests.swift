import Domain
import Evaluation
import Foundation
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ScorerTests {
    @Test(arguments: [
        ("", "predictions.csv is empty"), ("label,score\n", "predictions.csv has no rows"),
        ("lable,score\n1,0.5\n", "no column 'label'; its columns are 'lable', 'score'"),
        ("label,x\n1,2\n", "no column 'prediction' or 'score'"),
        ("label,label,score\n1,1,1\n", "the column 'label' twice"),
        ("label,score\n1,0.5\n,0.5\n", "the label of record 2 is missing"),
        ("label,score\n1,0.5\n0,\n", "the score of record 2 is missing"),
        ("label,score\n1,0.5\n0,nan\n", "the score of record 2 is not a finite number: 'nan'"),
        ("label,score\n1,0.5\n0,0x1\n", "the score of record 2 is not a finite number: '0x1'"),
        ("label,score\n1,0.5\n0,1e999\n", "the score of record 2 is not a finite number: '1e999'"),
        ("label,score\n1,0.5\n0,high\u{1B}\n", "the score of record 2 is not a finite number: 'high\\u{1B}'"),
        ("label,prediction\n1,1\n0,\n", "the prediction of record 2 is missing"),
        ("label,prediction\n1,1\n0,0.3\n", "the prediction of record 2 is not 0 or 1: '0.3'"),
        ("label,prediction\n-1,-1\n1,0\n", "the prediction of record 2 is not -1 or 1: '0'"),
        ("label,prediction\n1.5,1\n2,x\n", "the prediction of record 2 is not a finite number: 'x'"),
        ("label,prediction\nNaN,1\n2,1\n", "the label of record 1 is not finite: 'NaN'"),
        ("label,score\n1.5,1\n2,3\n", "has no column 'prediction', and its labels are numbers"),
        ("label,score\na,1\nb,0\n", "has no column 'prediction', and its labels are text"),
        ("label,score\n1,0.5\n0\n", "record 2 cannot be read: fewer cells than the header"),
        ("label,score\n1,0.5\n\"0,1\n", "record 2 cannot be read: a quote"),
        ("label,prediction\n1e200,-1e200\n2,1e200\n", "the values are too large"),
    ])
    func `predictions that cannot be scored are the input's fault, with the record`(text: String, expected: String)
        async
    {
        let fault = await #expect(throws: Fault.self) { try await score(text) }

        #expect(fault?.kind == .input)
        #expect(fault?.message.contains(expected) == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("/tmp") == false)
    }

    @Test func `what cannot be told is absent`() async throws {
        let single = try await score("label,prediction,score\n1,1,0.5\n1,0,0.25\n")
        #expect(single.metrics["auc"] == nil)
        #expect(single.metrics["recall"] == 0.5)
        #expect(single.metrics["log_loss"] != nil)

        let margins = try await score("label,score\n1,3.5\n0,-2\n")
        #expect(margins.metrics == ["auc": 1, "pr_auc": 1])

        let one = try await score("label,prediction\n2.5,2\n")
        #expect(one.metrics == ["mae": 0.5, "mape": 0.2, "quantile_loss": 0.25, "rmse": 0.5])
    }

    @Test func `the same file gives the same bits`() async throws {
        var text = "label,score\n"
        for number in 0..<50_000 {
            text += "\(number * 7919 % 3 == 0 ? 1 : 0),\(Double(number * 104_729 % 50_021) / 50_021)\n"
        }

        let scores = try await score(text)

        #expect(scores.rows == 50_000)
        for _ in 0..<3 { #expect(try await score(text) == scores) }
    }

    @Test func `the digest of rows tells order, labels and ids, and nothing else`() async throws {
        func digest(_ text: String) async throws -> Digest { try await score(text).rowsDigest }
        let base = try await digest("id,label,prediction,score\na,1,1,0.5\nb,0,0,0.25\n")

        #expect(try await digest("score,label,id\n0.9,1.0,a\n0.1,0,b\n") == base)
        #expect(try await digest("id,label,prediction\na,true,0\nb,False,1\n") == base)
        for other in [
            "id,label,score\nb,0,0.5\na,1,0.25\n", "id,label,score\na,0,0.5\nb,1,0.25\n",
            "id,label,score\na,1,0.5\nc,0,0.2\n",
            "id,label,score\na,1,0.5\n", "label,score\n1,0.5\n0,0.25\n",
            "id,label,score\na,1,0.5\nb,0,0.25\nb,0,0.25\n",
            "id,label,score\n,1,0.5\nb,0,0.25\n",
        ] {
            #expect(try await digest(other) != base, "\(other)")
        }
    }

    @Test func `extra columns of any name are left alone`() async throws {
        let scores = try await score(",\"a'; DROP\",label,carrier,score\n0,x,1,UA,0.9\n1,\"y\nz\",0,AA,0.1\n")

        #expect(scores.metrics["auc"] == 1)
        #expect(scores.rows == 2)
    }
}
