// The second build has to give the very bytes of the first.
import java.nio.file.Files
import java.nio.file.Path

Path first = basedir.toPath().parent.parent
Path second = basedir.toPath().resolve('target')

def archives = Files.list(second).withCloseable { files ->
    files.collect { it.fileName.toString() }.findAll { it ==~ /.*\.(jar|zip)/ }.sort()
}
assert archives.size() == 4: "expected the jar, its sources, its Javadoc and the vectors, and found $archives"
archives.each { archive ->
    long difference = Files.mismatch(first.resolve(archive), second.resolve(archive))
    assert difference == -1:
            "$archive differs from byte $difference on ('mvn clean' first, if files of an earlier build were left)"
}
return true
