import Drops
import Testing
