// The second build has to give the very bytes of the first.
import java.nio.file.Files
import java.nio.file.Path

Path first = basedir.toPath().parent.parent
Path second = basedir.toPath().resolve('target')

def jars = Files.list(second).withCloseable { files ->
    files.collect { it.fileName.toString() }.findAll { it.endsWith('.jar') }.sort()
}
assert jars.size() == 3: "expected the jar, its sources and its Javadoc, and found $jars"
jars.each { jar ->
    long difference = Files.mismatch(first.resolve(jar), second.resolve(jar))
    assert difference == -1:
            "$jar differs from byte $difference on ('mvn clean' first, if files of an earlier build were left)"
}
return true
